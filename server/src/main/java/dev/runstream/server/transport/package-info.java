@NullMarked
package dev.runstream.server.transport;

import org.jspecify.annotations.NullMarked;
