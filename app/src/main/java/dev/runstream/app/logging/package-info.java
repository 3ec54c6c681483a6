/** The program's log, on standard error. */
@NullMarked
package dev.runstream.app.logging;

import org.jspecify.annotations.NullMarked;
