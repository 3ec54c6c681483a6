/**
 * The Java client of Runstream: starts, follows, cancels and reads runs, and publishes to external ones.
 *
 * <p>{@link dev.runstream.client.RunstreamClient} is where to begin.
 */
@NullMarked
package dev.runstream.client;

import org.jspecify.annotations.NullMarked;
