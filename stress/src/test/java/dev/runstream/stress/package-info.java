/**
 * What the tests under jcstress share, and what starts them. The tests lie in the packages of the classes they are about.
 */
@NullMarked
package dev.runstream.stress;

import org.jspecify.annotations.NullMarked;
