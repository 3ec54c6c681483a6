import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type ClientOptions, createClient, RunstreamError } from "../src/index.js"
import { flush, pass, ScriptedServer } from "./scriptedServer.js"

let server: ScriptedServer
const run = { runId: "r", state: "running" }

function client(options: ClientOptions = {}) {
  return createClient({
    baseUrl: "http://server/api/agents",
    fetch: server.fetch,
    backoff: { random: () => 0.5 },
    ...options,
  })
}

/** What became of a promise, which nobody has to wait for. */
function outcomeOf<T>(promise: Promise<T>) {
  const outcome: { value?: T; error?: RunstreamError } = {}
  promise.then(
    (value) => {
      outcome.value = value
    },
    (error) => {
      outcome.error = error
    },
  )
  return outcome
}

const ok = (body: unknown) =>
  server.last.answer(200, { "content-type": "application/json" }, JSON.stringify(body))

beforeEach(() => {
  vi.useFakeTimers()
  server = new ScriptedServer()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe("the address", () => {
  it.each([
    ["http://server/api/agents", "http://server/api/agents/run/r"],
    ["http://server/api/agents//", "http://server/api/agents/run/r"],
    ["http://server:80", "http://server:80/api/agents/run/r"],
    ["http://server/", "http://server/api/agents/run/r"],
    ["http://server/other/base", "http://server/other/base/run/r"],
  ])("of %s", async (baseUrl, url) => {
    outcomeOf(client({ baseUrl }).getRun("r"))
    await flush()
    expect(server.last.url).toBe(url)
    await ok(run)
  })

  it("is that of the page where none is given", async () => {
    vi.stubGlobal("location", new URL("https://page/app/"))
    outcomeOf(createClient({ fetch: server.fetch }).getRun("a b/c"))
    await flush()
    expect(server.last.url).toBe("/api/agents/run/a%20b%2Fc")
    await ok(run)
    vi.unstubAllGlobals()
  })

  it("that is none is refused, and not tried for ever", async () => {
    await expect(client({ baseUrl: "/api/agents" }).getRun("r")).rejects.toMatchObject({
      code: "invalid-request",
    })
  })
})

describe("a call", () => {
  it("starts a run", async () => {
    const started = client({ headers: { authorization: "t" }, credentials: "include" }).startRun({
      agent: "llm",
      input: { a: 1 },
      onDisconnect: "cancel",
    })
    await flush()
    const { init, url, headers } = server.last
    expect([init.method, url]).toEqual(["POST", "http://server/api/agents/run"])
    expect(JSON.parse(String(init.body))).toEqual({
      agent: "llm",
      input: { a: 1 },
      onDisconnect: "cancel",
    })
    expect(headers.get("content-type")).toBe("application/json")
    expect(headers.get("authorization")).toBe("t")
    expect(headers.get("idempotency-key")).toMatch(/^[\d-]{8,}$/)
    expect(init).toMatchObject({ credentials: "include", cache: "no-store" })
    await server.last.answer(201, { "content-type": "application/json" }, JSON.stringify(run))
    expect(await started).toEqual(run)
  })

  it("starts a run once, however often it has to be sent, and another with another key", async () => {
    const started = outcomeOf(client().startRun({ agent: "llm" }))
    await flush()
    await server.last.cut()
    await pass(500)
    await server.last.answer(503)
    await pass(1_000)
    await ok(run)
    const keys = server.calls.map((call) => call.headers.get("idempotency-key"))
    expect(new Set(keys).size).toBe(1)
    expect(started.value).toEqual(run)

    outcomeOf(client().startRun({ agent: "llm" }, { idempotencyKey: "mine" }))
    outcomeOf(client().startRun({ agent: "llm" }))
    await flush()
    const [mine, other] = server.calls.slice(-2)
    expect(mine?.headers.get("idempotency-key")).toBe("mine")
    expect(keys).not.toContain(other?.headers.get("idempotency-key"))
    await mine?.answer(200, {}, "{}")
    await ok(run)
  })

  it("rejects what is no JSON", async () => {
    await expect(client().startRun({ agent: "llm", input: 1n })).rejects.toThrow(TypeError)
    expect(server.calls).toEqual([])
  })

  it("gets a run and a result", async () => {
    const got = outcomeOf(client().getRun("r"))
    await flush()
    await ok(run)
    expect(got.value).toEqual(run)
    const result = outcomeOf(client().getResult<{ complete: number }>("r"))
    await flush()
    expect(server.last.url).toBe("http://server/api/agents/run/r/result")
    await ok(42)
    expect(result.value).toBe(42)
  })

  it("lists runs by what is asked for", async () => {
    const page = outcomeOf(
      client().listRuns({ state: "running", agent: undefined, limit: 5, after: "a+b&" }),
    )
    await flush()
    expect(server.last.url).toBe(
      "http://server/api/agents/runs?state=running&limit=5&after=a%2Bb%26",
    )
    await ok({ runs: [run], next: null })
    expect(page.value).toEqual({ runs: [run], next: null })
  })

  it("cancels a run and gives the state the server has it in", async () => {
    const state = outcomeOf(client().cancelRun("r"))
    await flush()
    expect([server.last.method, server.last.url]).toEqual([
      "DELETE",
      "http://server/api/agents/run/r",
    ])
    await server.last.answer(204, { "run-state": "cancelled" })
    expect(state.value).toBe("cancelled")
  })

  it("tells what the server refuses, with all faults of the input", async () => {
    const errors = [{ field: "stages.2", message: "too much" }]
    const started = outcomeOf(client().startRun({ agent: "llm" }))
    await flush()
    await server.last.problem(400, "invalid-input", { errors, detail: "Not so" })
    expect(started.error).toBeInstanceOf(RunstreamError)
    expect(started.error).toMatchObject({
      name: "RunstreamError",
      code: "invalid-input",
      status: 400,
      message: "Not so",
      retryAfter: null,
      errors,
    })
  })

  it.each([
    ["text/html", "<h1>", "http-error"],
    ["application/problem+json", "{", "http-error"],
    ["application/problem+json", "null", "http-error"],
    ["application/json", '"x"', "http-error"],
  ])("tells at least the status of what is no problem: %s %s", async (type, body, code) => {
    const got = outcomeOf(client().getRun("r"))
    await flush()
    await server.last.answer(404, { "content-type": type }, body)
    expect(got.error).toMatchObject({ code, status: 404, message: "HTTP 404" })
  })

  it.each([408, 425, 429, 500, 503])("is tried again three times after a %i", async (status) => {
    const got = outcomeOf(client().getRun("r"))
    await flush()
    for (const wait of [500, 1_000, 2_000]) {
      await server.last.answer(status)
      expect(got.error).toBeUndefined()
      await pass(wait)
    }
    expect(server.calls).toHaveLength(4)
    await server.last.answer(status)
    expect(got.error).toMatchObject({ status })
  })

  it("is tried again as often as is wished", async () => {
    const got = outcomeOf(client().getRun("r", { retries: 0 }))
    await flush()
    await server.last.cut()
    expect(got.error).toMatchObject({ code: "unreachable" })
  })

  it.each([400, 403, 404, 409, 413])("is not tried again after a %i", async (status) => {
    const got = outcomeOf(client().getRun("r"))
    await flush()
    await server.last.answer(status)
    expect(got.error).toMatchObject({ status })
  })

  it("waits for as long as the server asks, and gives up at once where that is too long", async () => {
    const got = outcomeOf(client().getRun("r"))
    await flush()
    await server.last.answer(503, { "retry-after": "20" })
    await pass(20_499)
    expect(server.calls).toHaveLength(1)
    await pass(1)
    await server.last.answer(503, { "retry-after": "3600" })
    expect(got.error).toMatchObject({ status: 503, retryAfter: 3600 })
  })

  it("asks for headers again after a 401, once", async () => {
    const asked: boolean[] = []
    const headers = ({ unauthorized }: { unauthorized: boolean }) => {
      asked.push(unauthorized)
      return {}
    }
    const got = outcomeOf(client({ headers }).getRun("r"))
    await flush()
    await server.last.answer(401)
    await server.last.answer(401)
    expect(asked).toEqual([false, true])
    expect(got.error).toMatchObject({ status: 401 })
  })

  /** Asks, and hears neither an answer nor a signal. */
  const deaf: typeof fetch = (...request) => {
    server.fetch(...request).catch(() => {})
    return new Promise(() => {})
  }

  it("is given up after a minute without an answer, and tried again", async () => {
    const got = outcomeOf(client({ fetch: deaf }).getRun("r", { retries: 1 }))
    await pass(60_000)
    expect(got.error).toBeUndefined()
    await pass(60_500)
    expect(server.calls).toHaveLength(2)
    expect(server.last.aborted).toBe(true)
    expect(got.error).toMatchObject({ code: "timeout" })
  })

  it("is tried again where the answer breaks off, or is not JSON", async () => {
    const got = outcomeOf(client().getRun("r"))
    await flush()
    await server.last.open('{"runId":')
    await server.last.cut()
    await pass(500)
    await server.last.answer(200, {}, "<h1>Log in</h1>")
    await pass(1_000)
    await ok(run)
    expect(got.value).toEqual(run)
  })

  it("ends with its signal, whatever it is doing", async () => {
    const reason = new Error("left")
    for (const stage of ["before", "asking", "waiting"]) {
      const abort = new AbortController()
      if (stage === "before") abort.abort(reason)
      const got = outcomeOf(client().getRun("r", { signal: abort.signal }))
      await flush()
      if (stage === "waiting") await server.last.answer(503)
      abort.abort(reason)
      await flush()
      expect(got.error).toBe(reason)
    }
    await pass(100_000)
    expect(server.calls.length).toBeLessThanOrEqual(3)
  })
})

describe("a token", () => {
  it("is in no error of a call", async () => {
    const secret = "s3cret"
    for (const token of [secret, `${secret}\n${secret}`]) {
      const got = outcomeOf(client({ headers: () => ({ authorization: token }) }).getRun("r"))
      await flush()
      if (token === secret) {
        await server.last.answer(401)
        await server.last.problem(401, "unauthorized")
      }
      expect(got.error).toBeDefined()
      expect(`${got.error?.stack}${JSON.stringify(got.error)}${got.error?.cause}`).not.toContain(
        secret,
      )
    }
  })
})
