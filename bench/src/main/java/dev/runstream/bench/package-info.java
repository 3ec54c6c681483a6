/** Measures a running server against what the machine itself can do and against its peers, side by side. */
@NullMarked
package dev.runstream.bench;

import org.jspecify.annotations.NullMarked;
