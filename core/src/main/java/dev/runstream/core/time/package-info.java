@NullMarked
package dev.runstream.core.time;

import org.jspecify.annotations.NullMarked;
