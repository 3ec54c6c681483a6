import type { Run, RunState } from "@runstream/client"
import { basePath } from "../shared/server/client.ts"

/** Which runs are listed. It stands in the address, so that a link and Back keep it. */
export interface Filters {
  readonly state: RunState | undefined
  readonly agent: string | undefined
}

export const states: readonly RunState[] = [
  "queued",
  "running",
  "retrying",
  "cancelling",
  "completed",
  "failed",
  "cancelled",
]

export const tabs = ["events", "partial", "input", "result"] as const
export type Tab = (typeof tabs)[number]

export function filtersIn({ searchParams }: URL): Filters {
  const state = searchParams.get("state")
  return {
    state: states.find((known) => known === state),
    agent: searchParams.get("agent") || undefined,
  }
}

export function listAddress({ state, agent }: Partial<Filters> = {}): string {
  const query = new URLSearchParams()
  if (state) query.set("state", state)
  if (agent) query.set("agent", agent)
  return query.size > 0 ? `/console?${query}` : "/console"
}

export function runAddress(runId: string, tab: Tab = "events"): string {
  const path = `/console/run/${encodeURIComponent(runId)}`
  return tab === "events" ? path : `${path}?tab=${tab}`
}

export function runIdIn({ pathname }: URL): string | null {
  const [, encoded] = /^\/console\/run\/([^/]+)\/?$/.exec(pathname) ?? []
  if (!encoded) return null
  try {
    return decodeURIComponent(encoded)
  } catch {
    return null
  }
}

export function tabIn({ searchParams }: URL): Tab {
  const tab = searchParams.get("tab")
  return tabs.find((known) => known === tab) ?? "events"
}

export const linkTo = (runId: string) => location.origin + runAddress(runId)

/** A command that follows the run from where this page is seen. */
export const curlOf = ({ links }: Pick<Run, "links">) =>
  `curl -N '${location.origin}${links.stream}'`

/** A command that starts the example. */
export const curlToStart = () =>
  `curl ${location.origin}${basePath}/run \\
  -H 'Content-Type: application/json' \\
  -d '{"agent":"fund-scenario","input":{"paths":1000000}}'`
