import type { RunState } from "@runstream/client"
import {
  type ConnectionState,
  createEventSource,
  type EventSourceConnection,
  type RunstreamError,
  type SseEvent,
  type SseItem,
  type SseOversized,
} from "@runstream/client/sse"
import type { EventRow } from "./eventRows.ts"
import { RowStore } from "./rowStore.ts"
import { RunStory } from "./runStory.ts"

/** The data of a frame without an id, which is about the connection. */
interface ControlData {
  readonly state?: RunState
  readonly resume?: "start" | "resumed" | "gap" | "reset"
  readonly gap?: { readonly from: string; readonly to: string }
  readonly closing?: "idle" | "drain" | "busy" | "reset"
}

/** How the connection stands, for people. Immutable. */
export interface ConnectionView {
  readonly state: ConnectionState
  /** When the last keepalive came; null for none yet. */
  readonly keepaliveAt: number | null
  /** What the server asks to wait after a failure, in milliseconds. */
  readonly retryMs: number | null
  /** It is closed because the run has ended and all was read. */
  readonly isEnded: boolean
  readonly failure: RunstreamError | null
}

const closings: Readonly<Record<string, string>> = {
  idle: "The server closed the connection, because nothing happened for a while. The run goes on.",
  drain: "The server is stopping, and closed the connection.",
  busy: "The server had no room for this stream, or could not ask its store.",
  reset: "The log was lost.",
}

const notifyMs = 100

/**
 * One run's stream as it comes over the wire: events, gaps, and what became of each connection. Rows grow
 * in place; listeners are told at most every 100 ms.
 */
export class EventLog {
  readonly store = new RowStore()
  readonly story = new RunStory()
  /** The state that the stream told last. */
  state: RunState | undefined
  lastPartial: EventRow | undefined
  lastSeq = 0
  view: ConnectionView
  version = 0
  private epoch = ""
  private lastEventId = ""
  private connections = 0
  /** The server has said that it closes this connection, so its end is no news. */
  private isClosingTold = false
  private source: EventSourceConnection | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly listeners = new Set<() => void>()

  constructor(private readonly url: string) {
    const state = { state: "idle", retries: 0, nextRetryAt: null } as const
    this.view = { state, keepaliveAt: null, retryMs: null, isEnded: false, failure: null }
  }

  /** Follows the run, from where it was left. */
  connect(): void {
    if (this.source || this.view.isEnded) return
    this.source = createEventSource(this.url, {
      lastEventId: this.lastEventId,
      onItem: (item) => this.take(item),
      onState: (state) => this.show({ state, ...(state.state === "open" && { failure: null }) }),
      onLost: () => this.noteLoss(),
      onClose: (failure) => this.show({ failure, isEnded: failure === null }),
    })
  }

  disconnect(): void {
    this.source?.close()
    this.source = undefined
  }

  /** Drops the connection as a network would; it comes back by itself. */
  drop(): void {
    this.note(`You dropped the connection after event ${this.lastSeq}.`)
    this.source?.reconnect()
  }

  reconnect(): void {
    this.source?.reconnect()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  readonly getVersion = (): number => this.version

  private take(item: SseItem): void {
    if (item.kind === "comment") this.show({ keepaliveAt: Date.now() })
    else if (item.kind === "retry") this.show({ retryMs: item.retry })
    else if (item.id !== undefined) this.takeEvent(item.id, item)
    else if (item.kind === "event") this.takeControl(item)
  }

  private takeControl({ type, data, retry }: SseEvent): void {
    if (type !== "status") return
    const { state, resume, gap, closing } = JSON.parse(data) as ControlData
    this.state = state ?? this.state
    if (resume) this.noteResume(resume)
    if (gap) this.store.addGap({ from: seqOf(gap.from), to: seqOf(gap.to), reason: "missed" })
    if (gap) this.lastSeq = Math.max(this.lastSeq, seqOf(gap.to))
    if (closing) {
      this.note(closings[closing] ?? `The server closed the connection: ${closing}.`)
      this.isClosingTold = true
      this.source?.announceEnd(closing === "idle", retry)
    }
    this.changed()
  }

  private noteLoss(): void {
    // One that never came about was not lost.
    const isNews = !this.isClosingTold && this.connections > 0
    if (isNews) this.note(`The connection was lost after event ${this.lastSeq}.`)
    this.isClosingTold = false
  }

  private noteResume(resume: string): void {
    if (resume === "reset") this.reset()
    else if (this.connections > 0) {
      const after = `Connected again after event ${this.lastSeq}`
      this.note(resume === "resumed" ? `${after}: nothing was missed.` : `${after}.`)
    }
    this.connections++
    this.isClosingTold = false
  }

  private takeEvent(id: string, { kind, type, data }: SseEvent | SseOversized): void {
    const [epoch = "", text = ""] = id.split("-")
    const seq = Number(text)
    if (this.epoch && epoch !== this.epoch) this.reset()
    this.epoch = epoch
    if (seq <= this.lastSeq) return
    this.lastSeq = seq
    this.lastEventId = id
    if (kind === "oversized" || data === undefined) {
      this.store.addGap({ from: seq, to: seq, reason: "oversized" })
    } else {
      this.store.addEvent({ id, seq, type, raw: data })
      if (type === "status") this.takeStatus(data)
      if (type === "partial") this.lastPartial = this.store.rows.at(-1) as EventRow
      if (type === "complete" || type === "error") this.end(type, data)
    }
    this.changed()
  }

  private takeStatus(data: string): void {
    const status = JSON.parse(data)
    this.state = status.state
    this.story.addStatus(status)
  }

  private end(type: "complete" | "error", data: string): void {
    const isCancelled = type === "error" && JSON.parse(data)?.code === "cancelled"
    this.state = type === "complete" ? "completed" : isCancelled ? "cancelled" : "failed"
    this.disconnect()
    const state = { state: "closed", retries: 0, nextRetryAt: null } as const
    this.show({ state, isEnded: true })
  }

  private reset(): void {
    this.store.clear()
    this.story.clear()
    this.lastSeq = 0
    this.lastPartial = undefined
    this.note("The log was made anew. What was here of the old one is void.")
  }

  private note(text: string): void {
    this.store.addNote(text)
    this.changed()
  }

  private show(change: Partial<ConnectionView>): void {
    this.view = { ...this.view, ...change }
    this.changed()
  }

  private changed(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.version++
      for (const listener of this.listeners) listener()
    }, notifyMs)
  }
}

function seqOf(eventId: string): number {
  return Number(eventId.slice(eventId.lastIndexOf("-") + 1))
}
