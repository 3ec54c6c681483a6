@NullMarked
package dev.runstream.app;

import org.jspecify.annotations.NullMarked;
