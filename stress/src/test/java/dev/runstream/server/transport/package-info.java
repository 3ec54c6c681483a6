/** Slices of slabs on their way to a socket, while their log changes. */
@NullMarked
package dev.runstream.server.transport;

import org.jspecify.annotations.NullMarked;
