/** What a processor may send; `complete` and `error` are the ends that BullMQ itself tells. */
export type EventType = "delta" | "partial" | "status"

/** An event that may go: checked, and as the JSON it was when it was handed in. */
export interface EncodedEvent {
  readonly type: EventType
  readonly json: string
  /** What it takes in a batch, in UTF-8. */
  readonly bytes: number
}

/** The most that the data of one event may be, as JSON in UTF-8. */
export const MAX_EVENT_BYTES = 256 * 1024
/** The server allows 512, and a batch puts some around it. */
export const MAX_DEPTH = 500
const AROUND = '{"type":"","data":}'.length

/**
 * Checks and encodes an event; what its object becomes afterwards changes nothing.
 *
 * @throws TypeError without a JSON form, or for a status that the server would not take
 * @throws RangeError beyond {@link MAX_EVENT_BYTES} or {@link MAX_DEPTH}
 */
export function encodeEvent(type: EventType, data: unknown): EncodedEvent {
  if (type === "status") checkStatus(data)
  const json = JSON.stringify(data) as string | undefined
  if (json === undefined) throw new TypeError(`run.${type}() needs data that has a JSON form`)
  const bytes = Buffer.byteLength(json)
  if (bytes > MAX_EVENT_BYTES) {
    throw new RangeError(
      `run.${type}() was given ${bytes} bytes of JSON; an event has at most ${MAX_EVENT_BYTES}`,
    )
  }
  if (bytes > 2 * MAX_DEPTH && depthOf(json) > MAX_DEPTH) {
    throw new RangeError(`run.${type}() was given data nested deeper than ${MAX_DEPTH}`)
  }
  return { type, json, bytes: AROUND + type.length + bytes }
}

function checkStatus(data: unknown): void {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new TypeError("run.status() needs a message or an object")
  }
  for (const name of ["state", "attempt"]) {
    if (name in data) throw new TypeError(`run.status(): \`${name}\` is the server's to say`)
  }
}

function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth)
    else if (token === "]" || token === "}") depth--
  }
  return deepest
}
