/** What is measured, a class for each line of the table. */
@NullMarked
package dev.runstream.bench.figures;

import org.jspecify.annotations.NullMarked;
