@NullMarked
package dev.runstream.agents;

import org.jspecify.annotations.NullMarked;
