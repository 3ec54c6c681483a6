/** The {@code fund-scenario} agent: a Monte Carlo of a venture fund; the model is told in docs/fund-scenario.md. */
@NullMarked
package dev.runstream.agents.fund;

import org.jspecify.annotations.NullMarked;
