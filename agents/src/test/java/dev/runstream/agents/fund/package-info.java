@NullMarked
package dev.runstream.agents.fund;

import org.jspecify.annotations.NullMarked;
