import type { SseEvent, SseOversized } from "../sse/parser.js"
import type { RunState } from "./types.js"

/** Events from one id to another, both included. */
export interface Range {
  readonly from: string
  readonly to: string
}

/** The data of a frame without an id, which is about the connection. */
export interface ControlFrame {
  readonly state?: RunState
  /** The attempt of the next event. */
  readonly attempt?: number
  /** Only in the first frame. */
  readonly resume?: "start" | "resumed" | "gap" | "reset"
  /** Only in the first frame: the last event there is now. */
  readonly lastEventId?: string | null
  readonly gap?: Range
  readonly closing?: "idle" | "drain" | "busy" | "reset"
}

/** Parses JSON; undefined, which JSON has not, where it is malformed or there is none. */
export function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text as string)
  } catch {
    return undefined
  }
}

/** The control frame that an event without an id is; an empty one where it is none. */
export function controlFrameOf({ type, data }: SseEvent | SseOversized): ControlFrame {
  return ((type === "status" && parseJson(data)) || {}) as ControlFrame
}
