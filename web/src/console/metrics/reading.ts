import type { Sample } from "./prometheus.ts"

/** What one scrape says, as far as the console shows it. What is not there is undefined, never 0. */
export interface Reading {
  /** When it came, in milliseconds since 1970. */
  readonly at: number
  readonly connections: number | undefined
  readonly clients: number | undefined
  readonly running: number | undefined
  readonly queued: number | undefined
  readonly bufferBytes: number | undefined
  readonly budgetBytes: number | undefined
  /** Counters since the process began. */
  readonly events: number | undefined
  readonly bytesSent: number | undefined
  readonly slowCuts: number | undefined
  /** Cumulative counts of times to first byte, by their upper bound in milliseconds, ascending. */
  readonly firstByteBuckets: readonly Bucket[]
  readonly startedAt: number | undefined
  readonly store: string | undefined
}

export interface Bucket {
  readonly upTo: number
  readonly count: number
}

export function readingOf(samples: readonly Sample[], at: number): Reading {
  const byName = new Map<string, Sample[]>()
  for (const sample of samples) {
    const others = byName.get(sample.name)
    if (others) others.push(sample)
    else byName.set(sample.name, [sample])
  }
  const sampleOf = (name: string, labels: Record<string, string> = {}) =>
    byName
      .get(name)
      ?.find((sample) => Object.entries(labels).every(([key, is]) => sample.labels[key] === is))
      ?.value
  const seconds = sampleOf("process_start_time_seconds")
  return {
    at,
    connections: sampleOf("ai_stream_connections_active"),
    clients: sampleOf("ai_stream_clients_gauge"),
    running: sampleOf("ai_run_open", { state: "running" }),
    queued: sampleOf("ai_run_open", { state: "queued" }),
    bufferBytes: sampleOf("ai_run_memory_bytes"),
    budgetBytes: sampleOf("ai_run_memory_limit_bytes"),
    events: sampleOf("ai_run_events_total"),
    bytesSent: sampleOf("ai_stream_bytes_sent_total"),
    slowCuts: sampleOf("ai_stream_closed_total", { reason: "slow" }),
    firstByteBuckets: (byName.get("ai_stream_ttfb_milliseconds_bucket") ?? [])
      .map(({ labels, value }) => ({
        upTo: labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels["le"]),
        count: value,
      }))
      .sort((a, b) => a.upTo - b.upTo),
    startedAt: seconds === undefined ? undefined : seconds * 1000,
    store: byName.get("ai_run_store_info")?.[0]?.labels["store"],
  }
}
