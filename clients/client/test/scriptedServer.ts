import { vi } from "vitest"

const utf8 = new TextEncoder()

/** One request, which a test answers as it likes. */
export class ScriptedCall {
  readonly at = Date.now()
  readonly headers: Headers
  private stream: ReadableStreamDefaultController<Uint8Array> | undefined
  private settle: ((response: Response) => void) | undefined
  private reject: ((error: Error) => void) | undefined
  readonly response: Promise<Response>
  /** How often the stream was asked for more. */
  pulls = 0

  constructor(
    readonly url: string,
    readonly init: RequestInit,
  ) {
    this.headers = new Headers(init.headers)
    this.response = new Promise((resolve, reject) => {
      this.settle = resolve
      this.reject = reject
    })
    init.signal?.addEventListener("abort", () => this.cut(init.signal?.reason))
  }

  get lastEventId() {
    return this.headers.get("last-event-id")
  }
  get aborted() {
    return this.init.signal?.aborted ?? false
  }
  get method() {
    return this.init.method
  }

  /** Answers with an event stream that begins with this. */
  open(text = "", headers: Record<string, string> = {}) {
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.stream = controller
        },
        pull: () => {
          this.pulls++
        },
      },
      { highWaterMark: 0 },
    )
    this.settle?.(
      new Response(body, { headers: { "content-type": "text/event-stream", ...headers } }),
    )
    if (text) this.send(text)
    return flush()
  }

  send(text: string) {
    this.stream?.enqueue(utf8.encode(text))
    return flush()
  }

  /** Ends the body cleanly. */
  end() {
    this.stream?.close()
    return flush()
  }

  /** Breaks the connection off, whether or not it was open. */
  cut(reason: Error = new TypeError("terminated")) {
    this.reject?.(reason)
    try {
      this.stream?.error(reason)
    } catch {
      // It had ended.
    }
    return flush()
  }

  answer(status: number, headers: Record<string, string> = {}, body: string | null = null) {
    this.settle?.(new Response(body, { status, headers }))
    return flush()
  }

  problem(status: number, code: string, more: object = {}, headers: Record<string, string> = {}) {
    return this.answer(
      status,
      { "content-type": "application/problem+json", ...headers },
      JSON.stringify({ type: "about:blank", title: "Refused", status, code, ...more }),
    )
  }
}

/** Stands where the network is, so that a test says what each request meets, and when. */
export class ScriptedServer {
  readonly calls: ScriptedCall[] = []
  /** Given one, each further call is answered by it. */
  answering: ((call: ScriptedCall) => void) | undefined

  readonly fetch: typeof fetch = (url, init = {}) => {
    const call = new ScriptedCall(String(url), init)
    this.calls.push(call)
    this.answering?.(call)
    return call.response
  }

  get last(): ScriptedCall {
    const call = this.calls.at(-1)
    if (!call) throw new Error("nothing was asked for")
    return call
  }
}

/** Lets all that is due now happen. */
export async function flush() {
  if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(0)
  else await new Promise((resolve) => setImmediate(resolve))
}

/** Lets this time pass, and all that is due in it happen. */
export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
