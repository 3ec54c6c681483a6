import type { Run, RunState } from "@runstream/client"
import type { GapRow } from "../events/eventRows.ts"
import type { Step } from "../events/runStory.ts"

/** A span of time in one state; `from` and `to` are parts of the whole, 0 to 1. */
export interface Span {
  readonly state: RunState
  readonly attempt: number
  readonly from: number
  readonly to: number
  readonly milliseconds: number
}

/**
 * The states of a run over its time, up to its end or now. What the stream told counts; before its first
 * state that is held, the run's own times do.
 */
export function spansOf(run: Run, steps: readonly Step[], now: number): Span[] {
  const begin = Date.parse(run.createdAt)
  const end = Math.max(begin + 1, run.endedAt === null ? now : Date.parse(run.endedAt))
  const first = steps[0]?.at ?? end
  const startedAt = run.startedAt === null ? end : Date.parse(run.startedAt)
  const assumed: Step[] = [
    { state: "queued", at: begin, attempt: 1 },
    { state: "running", at: startedAt, attempt: 1 },
  ]
  const all = [...assumed.filter(({ at }) => at < first), ...steps]
  const spans: Span[] = []
  all.forEach(({ state, at, attempt }, index) => {
    const from = Math.max(at, begin)
    const to = Math.min(all[index + 1]?.at ?? end, end)
    if (to <= from && index < all.length - 1) return
    const part = (time: number) => (time - begin) / (end - begin)
    const milliseconds = Math.max(0, to - from)
    spans.push({
      state,
      attempt,
      from: part(from),
      to: Math.max(part(from), part(to)),
      milliseconds,
    })
  })
  return spans
}

/** A range of sequence numbers that this reader did not get, as parts of the whole log. */
export interface Hole {
  readonly from: number
  readonly to: number
  readonly events: number
}

/** Where gaps lie in the whole log. */
export function holesOf(gaps: readonly GapRow[], lastSeq: number): Hole[] {
  return gaps.map(({ from, to }) => ({
    from: (from - 1) / lastSeq,
    to: to / lastSeq,
    events: to - from + 1,
  }))
}
