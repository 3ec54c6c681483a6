import type { RunState } from "@runstream/client"

/** A time at which a run came into a state. */
export interface Step {
  readonly state: RunState
  readonly at: number
  readonly attempt: number
}

/** What a run's `status` and terminal events tell of its course. */
export class RunStory {
  steps: readonly Step[] = []
  private attempt = 1

  /** Takes the data of a `status`; one that the server did not write has no time, and changes nothing. */
  addStatus(data: { state?: RunState; at?: string; attempt?: number }): void {
    this.attempt = data.attempt ?? this.attempt
    const at = Date.parse(data.at ?? "")
    const last = this.steps.at(-1)
    if (!data.state || Number.isNaN(at)) return
    if (last?.state === data.state && last.attempt === this.attempt) return
    this.steps = [...this.steps, { state: data.state, at, attempt: this.attempt }]
  }

  clear(): void {
    this.steps = []
    this.attempt = 1
  }
}
