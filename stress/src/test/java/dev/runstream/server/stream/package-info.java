/** How readers on an event loop learn of what other threads publish. */
@NullMarked
package dev.runstream.server.stream;

import org.jspecify.annotations.NullMarked;
