@NullMarked
package dev.runstream.core.agent;

import org.jspecify.annotations.NullMarked;
