import { type Call, type Connection, call } from "./calls.js"
import type { Run, RunPage, RunState, StartRun } from "./run/types.js"

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** How often it is tried again. Three times by default. */
  readonly retries?: number | undefined
}

export interface StartOptions extends CallOptions {
  /** Names this start, so that the same one again is the same run. A random one by default. */
  readonly idempotencyKey?: string | undefined
}

export interface RunQuery extends CallOptions {
  readonly state?: RunState | undefined
  readonly agent?: string | undefined
  /** 1 to 1,000, 50 by default. */
  readonly limit?: number | undefined
  /** The `next` of the page before. */
  readonly after?: string | undefined
}

/** The calls that a server answers at once. Each is repeated when the network or the server fails. */
export interface ServerCalls {
  /** Starts a run, once, however often the request has to be sent. */
  startRun(run: StartRun, options?: StartOptions): Promise<Run>
  getRun(runId: string, options?: CallOptions): Promise<Run>
  /** The data of the run's `complete`. */
  getResult(runId: string, options?: CallOptions): Promise<unknown>
  listRuns(query?: RunQuery): Promise<RunPage>
  /** Cancels a run and gives the state it is then in. */
  cancelRun(runId: string, options?: CallOptions): Promise<RunState>
}

/** A server as streams see it: how it is reached, and what it can be asked. */
export interface Server extends Connection, ServerCalls {}

/** 128 random bits. `crypto.randomUUID` is missing in pages that came over plain HTTP. */
function randomKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-")
}

export function createServerCalls(connection: Connection): ServerCalls {
  const pathOf = (runId: string) => `/run/${encodeURIComponent(runId)}`
  const json = async <T>(path: string, options: Call = {}) =>
    (await call(connection, path, options)).json as T

  return {
    startRun: async (run, { idempotencyKey = randomKey(), ...options } = {}) =>
      json("/run", {
        method: "POST",
        body: JSON.stringify(run),
        headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
        ...options,
      }),
    getRun: (runId, options) => json(pathOf(runId), options),
    getResult: (runId, options) => json(`${pathOf(runId)}/result`, options),
    listRuns({ signal, retries, ...query } = {}) {
      // JSON leaves out what is undefined.
      const parameters = new URLSearchParams(JSON.parse(JSON.stringify(query)))
      return json(`/runs?${parameters}`, { signal, retries })
    },
    async cancelRun(runId, options) {
      const { headers } = await call(connection, pathOf(runId), { ...options, method: "DELETE" })
      // The header is missing only where something between hides it.
      return (headers.get("run-state") ?? "cancelling") as RunState
    },
  }
}
