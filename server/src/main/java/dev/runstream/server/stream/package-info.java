@NullMarked
package dev.runstream.server.stream;

import org.jspecify.annotations.NullMarked;
