// What a user's program may rely on about types. It is checked against the sources here, and against the
// packed packages in a fresh project; each line that must not compile says so.
import { createClient, type RunSnapshot, type RunTypes, textReducer } from "@runstream/client"
import { createEventSource, createSseParser } from "@runstream/client/sse"
import { tabs } from "@runstream/client/tabs"
import { RunstreamProvider, useAgentStream, useStartRun } from "@runstream/react"

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function is<A, B>(..._same: Equal<A, B> extends true ? [] : ["these types differ", A, B]): void {}

interface Report {
  delta: { done: number }
  partial: { paths: number }
  complete: { report: string }
}

const client = createClient({
  baseUrl: "http://127.0.0.1:8080",
  headers: async ({ unauthorized }) => ({ authorization: unauthorized ? "new" : "old" }),
  logger: { error: (message, metadata) => void [message, metadata.runId] },
  share: { key: "ada", tabs },
})

// Without a type all payloads are unknown, and never any.
const untyped = client.createAgentStream("r").getSnapshot()
is<typeof untyped.partials, readonly unknown[]>()
is<typeof untyped.partial, unknown>()
is<typeof untyped.data, unknown>()
// @ts-expect-error unknown has no members
untyped.deltas[0].text

// With one, each has its own.
const typed = client.createAgentStream<Report>("r").getSnapshot()
is<typeof typed.partials, readonly (Report["partial"] | Report["delta"])[]>()
is<typeof typed.deltas, readonly Report["delta"][]>()
is<typeof typed.partial, Report["partial"] | undefined>()

// The status tells what else there is.
export function look(snapshot: RunSnapshot<Report>): string {
  if (snapshot.status === "completed") {
    is<typeof snapshot.result, Report["complete"]>()
    is<typeof snapshot.error, null>()
    return snapshot.result.report
  }
  if (snapshot.status === "failed") {
    is<typeof snapshot.error.source, "run">()
    return snapshot.error.message
  }
  is<typeof snapshot.isComplete, false>()
  if (snapshot.error) is<typeof snapshot.error.source, "connection">()
  // @ts-expect-error there is no such status
  return snapshot.status === "done" ? "" : snapshot.status
}

// A snapshot is not to be changed.
// @ts-expect-error readonly
typed.lastEventId = "1"
// @ts-expect-error readonly
typed.deltas.push({ done: 1 })

// A reducer brings its types along.
const reduced = client.createAgentStream("r", { reduce: textReducer }).getSnapshot()
is<typeof reduced.data, string | undefined>()
is<(typeof reduced.deltas)[number]["text"], string | undefined>()

interface Summed extends Report {
  data: number
}
client.createAgentStream<Summed>("r", {
  from: { lastEventId: "1-1", data: 7 },
  reduce: {
    initial: 0,
    step: (sum, event) => (event.type === "delta" ? sum + event.data.done : sum),
  },
  onEvent: ({ id, type, data, raw }) => void [id.length, raw.length, type, data],
})
client.createAgentStream<Summed>("r", {
  // @ts-expect-error a number is wanted
  reduce: { initial: "", step: (sum) => sum },
})
// @ts-expect-error an event has none of these
client.createAgentStream<{ delta: 1; detla: 2 } & RunTypes>("r").getSnapshot().detlas

export async function iterate(): Promise<void> {
  for await (const item of client.iterateRun<Report>("r", { from: "latest" })) {
    if (item.type === "delta") is<typeof item.data, Report["delta"]>()
    else if (item.type === "gap") is<typeof item.from, string>()
    else if (item.type === "error") is<typeof item.data.message, string | undefined>()
  }
  const result = await client.getResult<Report>("r")
  is<typeof result, Report["complete"]>()
  is<Awaited<ReturnType<typeof client.getResult>>, unknown>()
}

export function Page() {
  const { start, runId, isPending, error } = useStartRun()
  const run = useAgentStream<Report>(runId)
  const { selected, cancel } = useAgentStream(runId, { select: ({ status }) => status })
  is<typeof run.partials, readonly (Report["partial"] | Report["delta"])[]>()
  is<typeof selected, RunSnapshot["status"]>()
  // @ts-expect-error with `select` there is only what is selected
  useAgentStream(runId, { select: () => 1 }).partials
  return (
    <RunstreamProvider client={client}>
      <button type="button" disabled={isPending} onClick={() => start({ agent: "llm" })}>
        {error?.message ?? (run.status === "completed" ? run.result.report : run.status)}
      </button>
      <button type="button" onClick={cancel}>
        Cancel
      </button>
    </RunstreamProvider>
  )
}

createEventSource("https://host", {
  method: "POST",
  body: () => "again",
  onItem(item) {
    if (item.kind === "event") is<typeof item.data, string>()
    else if (item.kind === "retry") is<typeof item.retry, number>()
  },
}).close()
createSseParser().push(new Uint8Array())
