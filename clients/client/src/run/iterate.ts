import { throwIfAborted } from "../fault.js"
import type { Server } from "../serverCalls.js"
import { type FollowOptions, followRun, isTerminal } from "./follow.js"
import type { RunItem, RunTypes } from "./types.js"

export interface IterateOptions extends FollowOptions {
  /** Ends the iteration, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** The most bytes that one event may have; a larger one is told as a gap. 1 MiB by default. */
  readonly maxEventBytes?: number | undefined
}

/**
 * Every event of a run in order, gaps and the terminal event included, then the end. It connects with the
 * first `next`, and leaving the loop disconnects.
 *
 * Nothing is read while the consumer is busy, so a slow one costs no memory; if the server gives it up
 * meanwhile, it goes on after the last event it had.
 *
 * @throws RunstreamError when the run cannot be followed any more
 */
export async function* iterateRun<E extends RunTypes = RunTypes>(
  server: Server,
  runId: string,
  options: IterateOptions = {},
): AsyncGenerator<RunItem<E>, void, void> {
  const { signal } = options
  let items: RunItem<E>[] = []
  let taken = () => {}
  let wake = () => {}
  let failure: unknown

  const fail = (error: unknown) => {
    failure = error
    wake()
  }
  const abort = () => fail(signal?.reason)
  throwIfAborted(signal)
  signal?.addEventListener("abort", abort)
  const source = followRun(server, runId, options, {
    // Settled when the consumer has come back for more after the last of them.
    onItems: (more) =>
      new Promise<void>((resolve) => {
        items = items.concat(more.filter(({ type }) => type !== "now") as RunItem<E>[])
        taken = resolve
        wake()
      }),
    onFailure: fail,
  })
  try {
    for (;;) {
      const item = items.shift()
      if (item) {
        yield item
        if (isTerminal(item)) return
      } else {
        if (failure !== undefined) throw failure
        const woken = new Promise<void>((resolve) => {
          wake = resolve
        })
        taken()
        await woken
      }
      throwIfAborted(signal)
    }
  } finally {
    signal?.removeEventListener("abort", abort)
    source.close()
  }
}
