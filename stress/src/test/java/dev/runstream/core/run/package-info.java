/** What lets the tests of the server publish to a live run without a store. */
@NullMarked
package dev.runstream.core.run;

import org.jspecify.annotations.NullMarked;
