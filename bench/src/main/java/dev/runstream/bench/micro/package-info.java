/** JMH measurements of the parts that every event passes. */
@NullMarked
package dev.runstream.bench.micro;

import org.jspecify.annotations.NullMarked;
