@NullMarked
package dev.runstream.server;

import org.jspecify.annotations.NullMarked;
