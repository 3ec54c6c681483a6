@NullMarked
package dev.runstream.server.metrics;

import org.jspecify.annotations.NullMarked;
