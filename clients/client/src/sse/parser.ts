const CR = 13
const LF = 10
const COLON = 58

/** An event, dispatched at its blank line. */
export interface SseEvent {
  readonly kind: "event"
  /** The `event:` field, `message` where it is absent or empty. */
  readonly type: string
  readonly data: string
  /** The `id:` field of this very block; undefined where it has none. */
  readonly id: string | undefined
  /** The last event id after this event: its own, or the one before. */
  readonly lastEventId: string
  /** The `retry:` field of this very block, in milliseconds. */
  readonly retry: number | undefined
  /** The bytes of its lines. */
  readonly bytes: number
}

/** A comment: what stands after the colon. A single space before it belongs to it. */
export interface SseComment {
  readonly kind: "comment"
  readonly text: string
}

/** A `retry:` field, told when its line ends, as the specification has it take effect. */
export interface SseRetry {
  readonly kind: "retry"
  /** Milliseconds. */
  readonly retry: number
}

/** An event that was larger than `maxEventBytes`. Its data is gone; its id is committed. */
export interface SseOversized {
  readonly kind: "oversized"
  readonly type: string
  readonly id: string | undefined
  readonly lastEventId: string
  readonly data?: undefined
  readonly retry?: undefined
  /** The bytes of its lines. */
  readonly bytes: number
}

export type SseItem = SseEvent | SseComment | SseRetry | SseOversized

export interface SseParserOptions {
  /** The last event id of the connection before this one. */
  readonly lastEventId?: string | undefined
  /** The most bytes that the lines of one event, or one comment, may have. 1 MiB by default. */
  readonly maxEventBytes?: number | undefined
}

export interface SseParser {
  /**
   * Takes the next bytes and gives what they complete, in order. The bytes are not kept: the caller may
   * reuse them.
   */
  push(chunk: Uint8Array): SseItem[]
  /** The last event id as of the last blank line. */
  readonly lastEventId: string
}

/**
 * Parses one event stream from its bytes, whatever the pieces they come in; make a new one for each
 * connection. What is not followed by a blank line is never dispatched, and its id never committed.
 *
 * Time is linear in the bytes, and twice `maxEventBytes` the most that is held: a larger event is skipped to
 * its blank line and told as `oversized`, a larger comment is passed over.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function createSseParser(options: SseParserOptions = {}): SseParser {
  const { maxEventBytes = 1_048_576 } = options
  // A byte order mark counts as one only at the start of the stream, so the decoder keeps the others.
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true })

  let items: SseItem[] = []
  let lastEventId = options.lastEventId ?? ""
  let atStart = true
  let skipLf = false

  // the line that has begun
  let line = ""
  let lineBytes = 0
  let isComment = false

  // the block of lines before the next blank one
  let type = ""
  let data: string[] = []
  let id: string | undefined
  let retry: number | undefined
  let blockBytes = 0
  let oversized = false

  /** Adds to the line, and drops it where it is more than may be held. */
  function extendLine(part: Uint8Array, isWhole: boolean): void {
    if (lineBytes === 0) isComment = part[0] === COLON
    lineBytes += part.length
    const text = utf8.decode(part, { stream: !isWhole })
    line = lineBytes > maxEventBytes ? "" : line + text
  }

  function endLine(part: Uint8Array): void {
    extendLine(part, true)
    const text = atStart ? line.replace(/^\ufeff/, "") : line
    const bytes = lineBytes
    line = ""
    lineBytes = 0
    atStart = false
    if (isComment || text[0] === ":") {
      if (bytes <= maxEventBytes) items.push({ kind: "comment", text: text.slice(1) })
    } else if (text || bytes > maxEventBytes) {
      blockBytes += bytes + 1
      oversized ||= blockBytes > maxEventBytes
      takeField(text)
    } else endBlock()
  }

  function takeField(field: string): void {
    // It matches every line.
    const [, name, value] = /^([^:]*):? ?(.*)/s.exec(field) as unknown as [string, string, string]
    if (name === "data") {
      if (!oversized) data.push(value)
    } else if (name === "event") {
      type = value
    } else if (name === "id") {
      if (!value.includes("\0")) id = value
    } else if (name === "retry" && /^\d+$/.test(value)) {
      retry = Number(value)
      items.push({ kind: "retry", retry })
    }
  }

  function endBlock(): void {
    lastEventId = id ?? lastEventId
    const head = { type: type || "message", id, lastEventId, bytes: blockBytes }
    if (oversized) {
      items.push({ kind: "oversized", ...head })
    } else if (data.length > 0) {
      items.push({ kind: "event", ...head, data: data.join("\n"), retry })
    }
    type = ""
    data = []
    id = retry = undefined
    blockBytes = 0
    oversized = false
  }

  return {
    get lastEventId() {
      return lastEventId
    },
    push(chunk) {
      items = []
      let start = 0
      // Each is looked for again only once it was passed, so that a chunk is read twice at most.
      let lf = chunk.indexOf(LF)
      let cr = chunk.indexOf(CR)
      while (start < chunk.length) {
        if (skipLf) {
          skipLf = false
          if (chunk[start] === LF) {
            start++
            continue
          }
        }
        if (lf >= 0 && lf < start) lf = chunk.indexOf(LF, start)
        if (cr >= 0 && cr < start) cr = chunk.indexOf(CR, start)
        const end = cr < 0 ? lf : lf < 0 ? cr : Math.min(lf, cr)
        if (end < 0) {
          extendLine(chunk.subarray(start), false)
          break
        }
        endLine(chunk.subarray(start, end))
        skipLf = end === cr
        start = end + 1
      }
      return items
    },
  }
}
