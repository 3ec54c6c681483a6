import { type Client, RunstreamError } from "@runstream/client"

/** How many runs are asked for at once before each is asked for by itself. */
const pageSize = 200

/** Which of these runs the server has. Of those that could not be asked for nothing is said. */
export async function serverRuns(
  client: Pick<Client, "listRuns" | "getRun">,
  runIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean>> {
  const { runs, next } = await client.listRuns({ agent: "fund-scenario", limit: pageSize, signal })
  const known = new Map(runs.map(({ runId }) => [runId, true]))
  for (const runId of runIds) {
    if (known.has(runId)) continue
    if (next === null) known.set(runId, false)
    else {
      const isThere = await client.getRun(runId, { signal }).then(
        () => true,
        (error) => (error instanceof RunstreamError && error.status === 404 ? false : undefined),
      )
      if (isThere !== undefined) known.set(runId, isThere)
    }
  }
  return known
}
