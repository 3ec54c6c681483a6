@NullMarked
package dev.runstream.core.log;

import org.jspecify.annotations.NullMarked;
