package dev.runstream.core.execution;

/**
 * What the agents in this process are doing.
 *
 * @param running agents at work, stuck ones among them
 * @param waiting runs that wait for a place
 * @param stuckAgents agents that go on although their run has ended, each of which keeps its place
 */
public record RunnerGauges(int running, int waiting, int stuckAgents) {}
