import { callSafely } from "../fault.js"
import { type FollowListener, type FollowOptions, type From, followRun } from "../run/follow.js"
import { type Data, isRunEnd, type RunEvent, type RunState, type RunTypes } from "../run/types.js"
import type { Server } from "../serverCalls.js"
import { connectionState } from "../sse/connectionState.js"
import type { EventSourceConnection } from "../sse/eventSource.js"
import type { PayloadBounds } from "./payloads.js"
import type { Reducer } from "./reducer.js"
import { createRunView } from "./runView.js"
import type { ConnectionFailure, RunSnapshot } from "./snapshot.js"

export interface AgentStreamOptions<E extends RunTypes = RunTypes>
  extends PayloadBounds,
    FollowOptions {
  /** Where to begin, if not with the first event. */
  readonly from?: From<Data<E>> | undefined
  /** Makes `data` of the events. */
  readonly reduce?: Reducer<E> | undefined
  /** The most bytes that one event may have; a larger one stands as a gap. 1 MiB by default. */
  readonly maxEventBytes?: number | undefined
  /** Closes the stream for good when it aborts. */
  readonly signal?: AbortSignal | undefined
  /** Called once for each event that is applied, in order. */
  onEvent?: ((event: RunEvent<E>) => void) | undefined
}

/** One run as a store: of its state there is always a snapshot, and subscribers are told when it changes. */
export interface AgentStream<E extends RunTypes = RunTypes> {
  /** Frozen, and the same object until something changes. */
  getSnapshot(): RunSnapshot<E>
  /** What a server renders, and a browser when it hydrates: nothing is known yet. */
  getServerSnapshot(): RunSnapshot<E>
  /**
   * Calls when the snapshot has changed, at most once for what arrived together. The first subscriber
   * connects; a second after the last one has gone the stream disconnects, and a later one resumes.
   */
  subscribe(listener: () => void): () => void
  /** Calls for each event that is applied from now on, in order. It connects nothing. */
  subscribeEvents(listener: (event: RunEvent<E>) => void): () => void
  /** Connects anew within two seconds, also where it was given up; nothing without subscribers. */
  reconnect(): void
  /**
   * Cancels the run. Resolves to the state the server then has it in; calls at the same time are one. The
   * stream goes on to the terminal event.
   */
  cancel(): Promise<RunState>
  /** Disconnects for good. The run goes on. */
  close(): void
}

type Listener<T> = (value: T) => void

function tell<T>(listeners: Set<Listener<T>>, value: T): void {
  for (const listener of [...listeners]) callSafely(() => listener(value))
}

function add<T>(listeners: Set<Listener<T>>, listener: Listener<T>): () => boolean {
  // The same function may come twice, and each must be able to leave by itself.
  const mine = (value: T) => listener(value)
  listeners.add(mine)
  return () => listeners.delete(mine)
}

/** How long a stream without subscribers stays connected, in milliseconds. */
const lingerMs = 1_000

export function createAgentStream<E extends RunTypes = RunTypes>(
  server: Server,
  runId: string,
  options: AgentStreamOptions<E> = {},
): AgentStream<E> {
  const { from, onEvent } = options
  const view = createRunView(
    options.reduce as Reducer | undefined,
    options,
    typeof from === "object" ? from : undefined,
  )
  let connectionNow = connectionState("idle")
  let failure: ConnectionFailure | null = null
  /** A cancel of ours is under way or was taken. */
  let isCancelling = false
  let bytesReceived = 0
  let snapshot: RunSnapshot | undefined

  function statusNow(): RunSnapshot["status"] {
    if (isCancelling && !isRunEnd(view.state)) return "cancelling"
    return view.state ?? (/idle|closed/.test(connectionNow.state) ? "idle" : "connecting")
  }

  function getSnapshot(): RunSnapshot<E> {
    if (!snapshot) {
      const fields = view.fields()
      snapshot = Object.freeze({
        ...fields,
        status: statusNow(),
        connection: connectionNow,
        error: fields.error ?? failure,
        bytesReceived,
      } as RunSnapshot)
    }
    return snapshot as RunSnapshot<E>
  }

  const serverSnapshot = getSnapshot()
  const listeners = new Set<Listener<undefined>>()
  const eventListeners = new Set<Listener<RunEvent<E>>>()
  let source: EventSourceConnection | undefined
  let lingering: ReturnType<typeof setTimeout> | undefined
  let isTelling = false
  let closed = false
  let cancelling: Promise<RunState> | undefined

  /** What comes in one piece is told in one call. */
  function change(): void {
    snapshot = undefined
    if (isTelling) return
    isTelling = true
    queueMicrotask(() => {
      isTelling = false
      tell(listeners, undefined)
    })
  }

  function connect(): void {
    if (closed || isRunEnd(view.state)) return
    if (source) return source.resume()
    const listener: FollowListener = {
      onItems(items) {
        for (const item of items) {
          view.apply(item)
          change()
          if ("id" in item) tell(eventListeners, item as RunEvent<E>)
        }
      },
      onBytes(count) {
        bytesReceived += count
        change()
      },
      onState(state) {
        connectionNow = state
        failure = null
        change()
      },
      onFailure({ code, message, status }) {
        failure = Object.freeze({ source: "connection", code, message, status })
        change()
      },
    }
    const follow = server.share?.tabs ?? followRun
    source = follow(server, runId, options, listener, followRun)
  }

  async function requestCancel(): Promise<RunState> {
    isCancelling = true
    change()
    try {
      return await server.cancelRun(runId)
    } catch (error) {
      isCancelling = false
      change()
      const { message } = error as Error
      server.logger?.error("Failed to cancel", { runId, errorMessage: message })
      throw error
    } finally {
      cancelling = undefined
    }
  }

  if (onEvent) add(eventListeners, onEvent)

  return {
    getSnapshot,
    getServerSnapshot: () => serverSnapshot,
    subscribe(listener) {
      const remove = add(listeners, listener)
      clearTimeout(lingering)
      if (listeners.size === 1) connect()
      return () => {
        if (remove() && listeners.size === 0 && !closed)
          lingering = setTimeout(() => source?.pause(), lingerMs)
      }
    },
    subscribeEvents: (listener) => add(eventListeners, listener),
    reconnect: () => void (listeners.size > 0 && source?.reconnect()),
    cancel() {
      if (isRunEnd(view.state)) return Promise.resolve(view.state)
      cancelling ??= requestCancel()
      // Whoever does not wait for it sees the failure in the snapshot and the log, not as unhandled.
      cancelling.catch(() => {})
      return cancelling
    },
    close() {
      closed = true
      clearTimeout(lingering)
      source?.close()
      connectionNow = connectionState("closed")
      change()
    },
  }
}
