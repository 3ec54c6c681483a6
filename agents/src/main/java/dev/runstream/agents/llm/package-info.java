/** The {@code llm} agent: a chat completion of any OpenAI-compatible endpoint as a run. */
@NullMarked
package dev.runstream.agents.llm;

import org.jspecify.annotations.NullMarked;
