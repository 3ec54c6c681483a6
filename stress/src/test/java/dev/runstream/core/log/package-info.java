/** The event log under two threads at once: each test says what a thread may see, and jcstress tries all orders it can. */
@NullMarked
package dev.runstream.core.log;

import org.jspecify.annotations.NullMarked;
