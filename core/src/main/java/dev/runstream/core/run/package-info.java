@NullMarked
package dev.runstream.core.run;

import org.jspecify.annotations.NullMarked;
