import { RunstreamError } from "../error.js"
import { problemOf } from "../problem.js"
import type { Server } from "../serverCalls.js"
import type { ConnectionState } from "../sse/connectionState.js"
import { createEventSource, type EventSourceConnection } from "../sse/eventSource.js"
import type { SseEvent, SseOversized } from "../sse/parser.js"
import { compareIds, shiftId } from "./eventId.js"
import { type ControlFrame, controlFrameOf, parseJson, type Range } from "./frames.js"
import { isRunEnd, type RunErrorData, type RunEvent, type RunItem } from "./types.js"

/** Where following a run begins, if not at the start of its log. */
export type From<Kept = unknown> =
  /** After the event with this id. `data` is what a reducer had made of all up to it. */
  | { readonly lastEventId: string; readonly data?: Kept }
  /** With what comes from now on; of a run that has ended, with its terminal event. */
  | "latest"

/** How the run stands as the connection tells it, outside of the log. */
export interface RunNow extends ControlFrame {
  readonly type: "now"
}

export interface FollowOptions {
  /** Where to begin, if not with the first event. */
  readonly from?: From | undefined
  readonly signal?: AbortSignal | undefined
  readonly maxEventBytes?: number | undefined
  /** An event could not be read: it stands as a gap, and the stream goes on. */
  onProblem?: ((problem: RunstreamError) => void) | undefined
}

export interface FollowListener {
  /** A promise holds up the reading until it is settled. A terminal event is the last that comes. */
  onItems(items: readonly (RunItem | RunNow)[]): void | Promise<void>
  onBytes?(count: number): void
  onState?(state: ConnectionState): void
  /** It is closed, with an error that will not pass. */
  onFailure(error: RunstreamError): void
}

/**
 * Follows one run to its terminal event, over as many connections as it takes, and gives out each event
 * once and in order, or the gap in which it lies.
 */
export function followRun(
  server: Server,
  runId: string,
  { from, signal, maxEventBytes, onProblem }: FollowOptions,
  on: FollowListener,
): EventSourceConnection {
  const { baseUrl, logger } = server
  /** The last event that was given out, or told to be in a gap. */
  let passed = ""
  /** Whether all events before `passed` were given out too, and not left out by a `from`. */
  let isFromStart = !from
  /** Whether the position was dropped, and no new event has come since. */
  let dropped = false

  const look = () => server.getRun(runId, { signal, retries: 0 })

  async function findLatest(): Promise<string> {
    const { lastEventId, state } = await look()
    return isRunEnd(state) && lastEventId ? shiftId(lastEventId, -1n) : (lastEventId ?? "")
  }

  const source = createEventSource(`${baseUrl}/stream/${encodeURIComponent(runId)}`, {
    ...server,
    ...on,
    signal,
    maxEventBytes,
    lastEventId: from === "latest" ? findLatest : from?.lastEventId,
    onItem(item) {
      if (!("type" in item)) return
      return on.onItems(item.id === undefined ? aboutConnection(item) : inLog(item.id, item))
    },
    onRefusal,
    onLost: () => logger?.error("SSE connection error", { runId }),
    // There is always an error: `onRefusal` leaves no 204 at that.
    onClose: (error) => on.onFailure(error as RunstreamError),
  })

  function reset(): void {
    passed = ""
    isFromStart = true
    void on.onItems([{ type: "reset" }])
  }

  function aboutConnection(event: SseEvent | SseOversized): (RunItem | RunNow)[] {
    const frame = controlFrameOf(event)
    const { resume, gap, closing } = frame
    if (resume === "reset") reset()
    if (closing) source.announceEnd(closing === "idle", event.retry)
    return [{ ...frame, type: "now" }, ...(gap ? missed(gap) : [])]
  }

  /** A gap, without what was given out or told before. */
  function missed({ from, to }: Range): RunItem[] {
    if (compareIds(to, passed) <= 0) return []
    const begin = compareIds(from, passed) <= 0 ? shiftId(passed, 1n) : from
    passed = to
    return [{ type: "gap", from: begin, to, reason: "missed" }]
  }

  function inLog(id: string, { type, data: raw }: SseEvent | SseOversized): RunItem[] {
    const order = passed ? compareIds(id, passed) : 1
    if (order <= 0) return []
    if (!(order > 0)) reset()
    passed = id
    const data = parseJson(raw)
    if (data === undefined) {
      const reason = raw === undefined ? "oversized" : "malformed"
      const problem = new RunstreamError(`${reason}-event`, `Event ${id} is ${reason}`)
      queueMicrotask(() => onProblem?.(problem))
      return [{ type: "gap", from: id, to: id, reason }]
    }
    dropped = false
    const event = { id, type, data, raw } as RunEvent
    if (isTerminal(event)) {
      source.close()
      const errorData = data as RunErrorData | null
      if (type === "error" && errorData?.code !== "cancelled") {
        queueMicrotask(() => logger?.error("Agent run error", { runId, errorData }))
      }
    }
    return [event]
  }

  /**
   * The server has nothing after the position, or does not know it, and yet no terminal event was seen: the
   * position is dropped. What was given out already is not given out again, but where the log was not
   * followed from its start, what was kept of it is void.
   */
  async function onRefusal(response: Response): Promise<string | undefined> {
    const { status } = response
    const isRefused =
      status === 204 ||
      (status === 400 && (await problemOf(response.clone())).code === "invalid-last-event-id")
    if (!isRefused) return undefined
    if (!dropped) {
      dropped = true
      if (!isFromStart) reset()
      return ""
    }
    const { state } = await look()
    throw isRunEnd(state)
      ? new RunstreamError("end-missed", `The run is ${state}, end missing`, { status })
      : new RunstreamError("connection-lost", "The connection broke off")
  }

  return source
}

export function isTerminal({ type }: { readonly type: string }): boolean {
  return /^(complete|error)$/.test(type)
}
