import { createClient } from "@runstream/client"
import { act } from "@testing-library/react"
import type { ReactNode } from "react"
import { vi } from "vitest"
import { ScriptedServer } from "../../client/test/scriptedServer.js"
import { RunstreamProvider } from "../src/index.js"

export {
  complete,
  control,
  delta,
  error,
  event,
  first,
  partial,
  status,
} from "../../client/test/frames.js"
export { ScriptedServer }

export function setUp() {
  const server = new ScriptedServer()
  const client = createClient({
    baseUrl: "http://server",
    fetch: server.fetch,
    backoff: { random: () => 0.5 },
  })
  const wrapper = ({ children }: { children: ReactNode }) => (
    <RunstreamProvider client={client}>{children}</RunstreamProvider>
  )
  return { server, client, wrapper }
}

/** Lets this time pass, with all that React makes of it. */
export const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms)
  })

/** Does this once all that is due has happened, and lets React take what comes of it. */
export const during = (work: () => unknown) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(0)
    await work()
    await vi.advanceTimersByTimeAsync(0)
  })
