import { afterEach, beforeEach, expect, vi } from "vitest"
import type { RunstreamError } from "../../src/error.js"
import {
  type ConnectionState,
  createEventSource,
  type EventSourceConnection,
  type EventSourceOptions,
  type SseEvent,
  type SseItem,
} from "../../src/sse/index.js"
import { ScriptedServer } from "../scriptedServer.js"

/** What the connections of a test speak to, and what they have told. */
export let server: ScriptedServer
export let events: SseEvent[]
export let states: ConnectionState[]
export let closedWith: (RunstreamError | null)[]
export let losses: number
export let opened: EventSourceConnection[]

/** Gives each test of a file a server of its own and a clock that stands, and expects no timer to be left. */
export function withScriptedServer(): void {
  beforeEach(() => {
    vi.useFakeTimers()
    server = new ScriptedServer()
    opened = []
    events = []
    states = []
    closedWith = []
    losses = 0
  })
  afterEach(() => {
    for (const source of opened) source.close()
    expect(vi.getTimerCount()).toBe(0)
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })
}

/** The middle of each window: 1,000 ms after a good connection, half of 1, 2, 4 … s otherwise. */
export const middle = () => 0.5

/** A listener for events alone. */
export function onEvent(listener: (event: SseEvent) => void | Promise<void>) {
  return (item: SseItem) => (item.kind === "event" ? listener(item) : undefined)
}

export function open(options: EventSourceOptions = {}) {
  const source = createEventSource("http://server/stream", {
    fetch: server.fetch,
    backoff: { random: middle },
    onItem: onEvent((event) => void events.push(event)),
    onState: (state) => states.push(state),
    onClose: (error) => closedWith.push(error),
    onLost: () => losses++,
    ...options,
  })
  opened.push(source)
  return source
}

export const data = () => events.map((event) => event.data)
