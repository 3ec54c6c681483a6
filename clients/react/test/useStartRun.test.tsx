import { cleanup, renderHook } from "@testing-library/react"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { useRunstreamClient, useStartRun } from "../src/index.js"
import { during, pass, setUp } from "./setup.js"

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const started = (runId: string) => [201, {}, JSON.stringify({ runId })] as const

it("starts a run and holds its id", async () => {
  const { server, wrapper } = setUp()
  const { result, rerender } = renderHook(() => useStartRun(), { wrapper })
  const { start } = result.current
  expect(result.current).toMatchObject({ runId: null, isPending: false, error: null })
  let run: unknown
  await during(() => {
    start({ agent: "llm" }).then((answer) => {
      run = answer
    })
  })
  expect(result.current).toMatchObject({ runId: null, isPending: true, error: null })
  await during(() => server.last.answer(...started("r1")))
  expect(run).toEqual({ runId: "r1" })
  expect(result.current).toMatchObject({ runId: "r1", isPending: false, error: null })
  rerender()
  expect(result.current.start).toBe(start)
})

it("shows why a start failed, and nothing is unhandled when nobody waits for it", async () => {
  const unhandled = vi.fn()
  process.on("unhandledRejection", unhandled)
  const { server, wrapper } = setUp()
  const { result } = renderHook(() => useStartRun(), { wrapper })
  await during(() => void result.current.start({ agent: "nope" }))
  await during(() => server.last.problem(400, "unknown-agent", { detail: "No such agent" }))
  expect(result.current).toMatchObject({
    runId: null,
    isPending: false,
    error: { code: "unknown-agent" },
  })
  await during(() => void result.current.start({ agent: "llm" }))
  expect(result.current).toMatchObject({ isPending: true, error: null })
  await during(() => server.last.answer(...started("r2")))
  expect(result.current).toMatchObject({ runId: "r2", error: null })
  vi.useRealTimers()
  await new Promise((resolve) => setTimeout(resolve, 5))
  process.off("unhandledRejection", unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

it("shows the last of several starts, in whatever order they are answered", async () => {
  const { server, wrapper } = setUp()
  const { result } = renderHook(() => useStartRun(), { wrapper })
  await during(() => void result.current.start({ agent: "one" }))
  await during(() => void result.current.start({ agent: "two" }))
  await during(() => server.calls[1]?.answer(...started("two")))
  await during(() => server.calls[0]?.answer(...started("one")))
  await pass(0)
  expect(result.current).toMatchObject({ runId: "two", isPending: false })
})

it("has the client of the Provider", () => {
  const { client, wrapper } = setUp()
  expect(renderHook(() => useRunstreamClient(), { wrapper }).result.current).toBe(client)
})
