import { type RunSnapshot, textReducer } from "@runstream/client"
import { cleanup, render, renderHook } from "@testing-library/react"
import { StrictMode, Suspense, version } from "react"
import { renderToString } from "react-dom/server"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { RunstreamProvider, useAgentStream } from "../src/index.js"
import { complete, delta, during, error, first, partial, pass, setUp, status } from "./setup.js"

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

it("runs on the React that it is meant to be tested on", () => {
  expect(version.split(".")[0]).toBe(process.env["REACT_VERSION"])
})

it("gives the snapshot with cancel and reconnect", async () => {
  const { server, wrapper } = setUp()
  const { result } = renderHook(() => useAgentStream("r"), { wrapper })
  await pass(0)
  expect(result.current).toMatchObject({ status: "connecting", partials: [], isComplete: false })
  await during(() => server.last.open(first() + partial(1, "a") + delta(2, "b")))
  expect(result.current).toMatchObject({
    status: "running",
    partials: [{ text: "a" }, { text: "b" }],
    lastEventId: "5-2",
    isComplete: false,
  })
  expect(result.current.bytesReceived).toBeGreaterThan(0)
  await during(() => server.last.send(complete(3, { n: 1 })))
  expect(result.current).toMatchObject({ status: "completed", isComplete: true, result: { n: 1 } })
})

it("cancels, and unmounting never does", async () => {
  const { server, wrapper } = setUp()
  const { result, unmount, rerender } = renderHook(() => useAgentStream("r"), { wrapper })
  await during(() => server.last.open(first()))
  const { cancel, reconnect } = result.current
  rerender()
  expect(result.current.cancel).toBe(cancel)
  expect(result.current.reconnect).toBe(reconnect)
  let state: unknown
  await during(() => {
    cancel().then((answer) => {
      state = answer
    })
  })
  expect(result.current.status).toBe("cancelling")
  await during(() => server.last.answer(204, { "run-state": "cancelling" }))
  expect(state).toBe("cancelling")
  await during(() => server.calls[0]?.send(error(2, { code: "cancelled" })))
  expect(result.current.status).toBe("cancelled")
  expect(result.current.cancel).toBe(cancel)
  unmount()
  await pass(10_000)
  expect(server.calls.filter(({ method }) => method === "DELETE")).toHaveLength(1)
})

function Status() {
  return <p>{useAgentStream("r").status}</p>
}

it("opens one stream in StrictMode, and however many components follow the run", async () => {
  const { server, client } = setUp()
  const view = render(
    <StrictMode>
      <RunstreamProvider client={client}>
        <Status />
        <Status />
        <Status />
      </RunstreamProvider>
    </StrictMode>,
  )
  await during(() => server.last.open(first()))
  await pass(5_000)
  expect(view.container.textContent).toBe("runningrunningrunning")
  expect(server.calls).toHaveLength(1)
  expect(server.last.aborted).toBe(false)
})

it("disconnects a second after the last component is gone", async () => {
  const { server, wrapper } = setUp()
  const { unmount } = renderHook(() => useAgentStream("r"), { wrapper })
  await during(() => server.last.open(first()))
  unmount()
  await pass(999)
  expect(server.last.aborted).toBe(false)
  await pass(1)
  expect(server.last.aborted).toBe(true)
})

const never = new Promise<never>(() => {})
function Never(): never {
  useAgentStream("r")
  throw never
}

it("opens no socket for a render that never commits", async () => {
  const { server, client } = setUp()
  render(
    <RunstreamProvider client={client}>
      <Suspense fallback="waiting">
        <Never />
      </Suspense>
    </RunstreamProvider>,
  )
  await pass(10_000)
  expect(server.calls).toEqual([])
})

function Toggle({
  shown,
  runId = "r",
  seen,
}: {
  shown: boolean
  runId?: string
  seen: RunSnapshot[]
}) {
  return shown ? <Follower runId={runId} seen={seen} /> : null
}
function Follower({ runId, seen }: { runId: string; seen: RunSnapshot[] }) {
  seen.push(useAgentStream(runId))
  return null
}

it("shows a run again at once when it comes back within 5 min, and resumes from its id", async () => {
  const { server, client } = setUp()
  const seen: RunSnapshot[] = []
  const ui = (shown: boolean) => (
    <RunstreamProvider client={client}>
      <Toggle shown={shown} seen={seen} />
    </RunstreamProvider>
  )
  const { rerender } = render(ui(true))
  await during(() => server.last.open(first() + delta(1, "a")))
  rerender(ui(false))
  await pass(299_000)
  seen.length = 0
  rerender(ui(true))
  expect(seen[0]).toMatchObject({ status: "running", partials: [{ text: "a" }] })
  await pass(0)
  expect(server.last.lastEventId).toBe("5-1")

  rerender(ui(false))
  await pass(300_001)
  seen.length = 0
  rerender(ui(true))
  expect(seen[0]).toMatchObject({ status: "idle", partials: [] })
  await pass(0)
  expect(server.last.lastEventId).toBeNull()
})

it("leaves no timer behind for good", async () => {
  const { server, wrapper } = setUp()
  const { unmount } = renderHook(() => useAgentStream("r"), { wrapper })
  await during(() => server.last.open(first()))
  unmount()
  await pass(700_000)
  expect(vi.getTimerCount()).toBe(0)
})

it("renders at most twice for 10,000 deltas in one tick", async () => {
  const { server, wrapper } = setUp()
  let renders = 0
  const { result } = renderHook(
    () => {
      renders++
      return useAgentStream("r")
    },
    { wrapper },
  )
  await during(() => server.last.open(first()))
  await pass(1_000)
  renders = 0
  await during(async () => {
    for (let chunk = 0; chunk < 100; chunk++) {
      let text = ""
      for (let i = 1; i <= 100; i++) text += delta(chunk * 100 + i, "x")
      await server.last.send(text)
    }
  })
  await pass(50)
  expect(renders).toBeLessThanOrEqual(2)
  expect(result.current.partials).toHaveLength(10_000)
})

it("renders at most every 50 ms while deltas come, or as it is told", async () => {
  for (const [throttleMs, most] of [
    [undefined, 21],
    [500, 3],
  ] as const) {
    const { server, wrapper } = setUp()
    let renders = 0
    const { unmount } = renderHook(
      () => {
        renders++
        return useAgentStream("r", { throttleMs })
      },
      { wrapper },
    )
    await during(() => server.last.open(first()))
    await pass(1_000)
    renders = 0
    for (let i = 1; i <= 100; i++) {
      await server.last.send(delta(i, "x"))
      await pass(10)
    }
    expect(renders).toBeGreaterThan(1)
    expect(renders).toBeLessThanOrEqual(most)
    unmount()
  }
})

it("shows the last partial in the same render as the end", async () => {
  const { server, wrapper } = setUp()
  const renders: string[] = []
  renderHook(
    () => {
      const { isComplete, partials } = useAgentStream("r")
      renders.push(`${isComplete} ${partials.length}`)
    },
    { wrapper },
  )
  await during(() => server.last.open(first()))
  await during(() => server.last.send(delta(1, "a")))
  await during(() => server.last.send(delta(2, "b")))
  await during(() => server.last.send(complete(3, 1)))
  expect(renders.at(-1)).toBe("true 2")
  expect(renders).not.toContain("true 1")
  expect(renders).not.toContain("true 0")
})

it("shows nothing of the run before when the run changes", async () => {
  const { server, wrapper } = setUp()
  const renders: string[] = []
  const { rerender } = renderHook(
    ({ runId }) => {
      const { partials, status } = useAgentStream(runId)
      renders.push(`${runId} ${status} ${JSON.stringify(partials)}`)
    },
    { wrapper, initialProps: { runId: "one" } },
  )
  await during(() => server.last.open(first() + delta(1, "a")))
  expect(renders.at(-1)).toBe('one running [{"text":"a"}]')
  rerender({ runId: "two" })
  await pass(5_000)
  expect(renders.filter((line) => line.startsWith("two") && line.includes("text"))).toEqual([])
  expect(server.last.url).toBe("http://server/api/agents/stream/two")
  expect(server.calls[0]?.aborted).toBe(true)
})

it("follows nothing without a run, and connects when there is one", async () => {
  const { server, wrapper } = setUp()
  const { result, rerender } = renderHook(
    ({ runId }: { runId: string | null }) => useAgentStream(runId),
    {
      wrapper,
      initialProps: { runId: null as string | null },
    },
  )
  await pass(5_000)
  expect(result.current).toMatchObject({ status: "idle", partials: [], isComplete: false })
  const unhandled = vi.fn()
  process.on("unhandledRejection", unhandled)
  void result.current.cancel()
  await expect(result.current.cancel()).rejects.toMatchObject({ code: "no-run" })
  result.current.reconnect()
  expect(server.calls).toEqual([])
  vi.useRealTimers()
  await new Promise((resolve) => setTimeout(resolve, 5))
  vi.useFakeTimers()
  process.off("unhandledRejection", unhandled)
  expect(unhandled).not.toHaveBeenCalled()
  rerender({ runId: "r" })
  await during(() => server.last.open(first() + delta(1, "a")))
  expect(result.current.partials).toHaveLength(1)
  rerender({ runId: null })
  expect(result.current).toMatchObject({ status: "idle", partials: [] })
})

it("connects and disconnects as `enabled` flips, and goes on showing what it had", async () => {
  const { server, wrapper } = setUp()
  const { result, rerender } = renderHook(({ enabled }) => useAgentStream("r", { enabled }), {
    wrapper,
    initialProps: { enabled: false },
  })
  await pass(5_000)
  expect(server.calls).toEqual([])
  for (let flip = 0; flip < 3; flip++) {
    rerender({ enabled: true })
    await pass(0)
    expect(server.calls).toHaveLength(flip + 1)
    await during(() => server.last.open(first() + delta(flip + 1, "a")))
    await pass(50)
    expect(result.current.partials).toHaveLength(flip + 1)
    rerender({ enabled: false })
    await pass(2_000)
    expect(server.last.aborted).toBe(true)
    expect(result.current.partials).toHaveLength(flip + 1)
  }
})

it("goes on showing what it had for as long as it is mounted, however long it follows nothing", async () => {
  const { server, wrapper } = setUp()
  const { result, rerender } = renderHook(({ enabled }) => useAgentStream("r", { enabled }), {
    wrapper,
    initialProps: { enabled: true },
  })
  await during(() => server.last.open(first() + delta(1, "a")))
  rerender({ enabled: false })
  await pass(700_000)
  rerender({ enabled: false })
  expect(result.current.partials).toEqual([{ text: "a" }])
  rerender({ enabled: true })
  await pass(0)
  expect(server.last.lastEventId).toBe("5-1")
})

it("renders only when what is selected has changed", async () => {
  const { server, wrapper } = setUp()
  let renders = 0
  const { result } = renderHook(
    () => {
      renders++
      return useAgentStream("r", {
        select: ({ status, deltas }) => ({ status, many: deltas.length > 2 }),
      })
    },
    { wrapper },
  )
  await during(() => server.last.open(first()))
  renders = 0
  const before = result.current.selected
  for (let i = 1; i <= 2; i++) {
    await during(() => server.last.send(delta(i, "a")))
    await pass(100)
  }
  expect(renders).toBe(0)
  expect(result.current.selected).toBe(before)
  await during(() => server.last.send(delta(3, "a")))
  await pass(100)
  expect(renders).toBe(1)
  expect(result.current.selected).toEqual({ status: "running", many: true })
  expect(typeof result.current.cancel).toBe("function")
})

it.each([
  ["a Set", (count: number): unknown => new Set([count])],
  ["a Map", (count: number) => new Map([["count", count]])],
  ["a date", (count: number) => new Date(count)],
])("selects %s, whose contents are not compared", async (_, make) => {
  const { server, wrapper } = setUp()
  const { result } = renderHook(
    () => useAgentStream("r", { select: ({ deltas }) => make(deltas.length) }),
    { wrapper },
  )
  await during(() => server.last.open(first() + delta(1, "a") + delta(2, "b")))
  expect(result.current.selected).toEqual(make(2))
})

it("selects with the newest function", async () => {
  const { server, wrapper } = setUp()
  const { result, rerender } = renderHook(
    ({ name }: { name: "status" | "lastEventId" }) =>
      useAgentStream("r", { select: (snapshot) => snapshot[name] }),
    { wrapper, initialProps: { name: "status" as "status" | "lastEventId" } },
  )
  await during(() => server.last.open(first() + delta(1, "a")))
  expect(result.current.selected).toBe("running")
  rerender({ name: "lastEventId" })
  expect(result.current.selected).toBe("5-1")
})

it("tells each event once, in order, outside render, to the newest listener", async () => {
  const { server, wrapper } = setUp()
  const seen: string[] = []
  let rendering = false
  const { rerender } = renderHook(
    ({ name }) => {
      rendering = true
      useAgentStream("r", {
        onEvent: ({ id, raw }) => {
          expect(rendering).toBe(false)
          seen.push(`${name} ${id} ${raw}`)
        },
      })
      rendering = false
    },
    {
      wrapper: ({ children }) => <StrictMode>{wrapper({ children })}</StrictMode>,
      initialProps: { name: "one" },
    },
  )
  await during(() => server.last.open(first() + delta(1, "a")))
  rerender({ name: "two" })
  await during(() => server.last.send(delta(2, "b") + complete(3, 1)))
  expect(seen).toEqual(['one 5-1 {"text":"a"}', 'two 5-2 {"text":"b"}', "two 5-3 1"])
})

it("takes the reducer, the bounds and the beginning of the component that was first", async () => {
  const { server, wrapper } = setUp()
  const { result } = renderHook(
    () =>
      [
        useAgentStream("r", {
          reduce: textReducer,
          from: { lastEventId: "5-1", data: "He" },
          maxPartials: 2,
        }),
        useAgentStream("r", { maxPartials: 1 }),
      ] as const,
    { wrapper },
  )
  await pass(0)
  expect(server.last.lastEventId).toBe("5-1")
  await during(() =>
    server.last.open(first({ resume: "resumed" }) + delta(2, "l") + delta(3, "l") + delta(4, "o")),
  )
  expect(result.current[0]).toMatchObject({ data: "Hello", droppedPartials: 1 })
  expect(result.current[1]).toMatchObject({ data: "Hello", droppedPartials: 1 })
})

it("keeps streams in the Provider: two of them share nothing, and another client begins anew", async () => {
  const one = setUp()
  const two = setUp()
  const seen: RunSnapshot[] = []
  const ui = (client: typeof one.client) => (
    <RunstreamProvider client={client}>
      <Toggle shown seen={seen} />
    </RunstreamProvider>
  )
  const { rerender } = render(ui(one.client))
  render(ui(two.client))
  await during(() => one.server.last.open(first() + delta(1, "a")))
  expect(one.server.calls).toHaveLength(1)
  expect(two.server.calls).toHaveLength(1)
  const other = setUp()
  seen.length = 0
  rerender(ui(other.client))
  expect(seen[0]).toMatchObject({ partials: [] })
  await pass(2_000)
  expect(one.server.last.aborted).toBe(true)
  expect(other.server.calls).toHaveLength(1)
})

function Page() {
  const { status, partials } = useAgentStream("r")
  const { selected } = useAgentStream("r", { select: ({ connection }) => ({ connection }) })
  return <p>{`${status} ${partials.length} ${selected.connection.state}`}</p>
}

it("renders on a server, opens nothing there, and hydrates", async () => {
  const { server, client } = setUp()
  const ui = (
    <RunstreamProvider client={client}>
      <Page />
    </RunstreamProvider>
  )
  const html = renderToString(ui)
  expect(html).toContain("idle 0 idle")
  expect(vi.getTimerCount()).toBe(0)
  expect(server.calls).toEqual([])
  const container = document.createElement("div")
  container.innerHTML = html
  document.body.append(container)
  const complaints = vi.spyOn(console, "error")
  render(ui, { container, hydrate: true })
  await during(() => server.last.open(first() + delta(1, "a")))
  expect(container.textContent).toBe("running 1 open")
  expect(complaints).not.toHaveBeenCalled()
})

it("says what is missing without a Provider", () => {
  const quiet = vi.spyOn(console, "error").mockImplementation(() => {})
  const seen = (event: Event) => event.preventDefault()
  addEventListener("error", seen)
  expect(() => renderHook(() => useAgentStream("r"))).toThrow("RunstreamProvider")
  removeEventListener("error", seen)
  quiet.mockRestore()
})

it("tells a change of status at once, whatever is throttled", async () => {
  const { server, wrapper } = setUp()
  const { result } = renderHook(() => useAgentStream("r", { throttleMs: 60_000 }), { wrapper })
  await during(() => server.last.open(first()))
  await during(() => server.last.send(delta(1, "a")))
  await during(() => server.last.send(delta(2, "b")))
  expect(result.current.partials).toHaveLength(0)
  await during(() => server.last.send(status(3, { state: "retrying" })))
  expect(result.current).toMatchObject({ status: "retrying", partials: [{}, {}] })
})
