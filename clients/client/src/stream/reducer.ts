import type { Data, RunEvent, RunTypes } from "../run/types.js"

/** Makes one value of a run's events, from `initial`, event by event. `step` must not change what it is given. */
export interface Reducer<E extends RunTypes = RunTypes> {
  readonly initial: Data<E>
  step(data: Data<E>, event: RunEvent<E>): Data<E>
}

/** What the agent `llm` sends. */
export interface LlmTypes {
  delta: { text?: string; reasoning?: string; refusal?: string; toolCalls?: unknown[] }
  partial: { text: string; reasoning?: string; refusal?: string; toolCalls?: unknown[] }
  complete: LlmTypes["partial"] & { finishReason: string | null; usage: unknown; model: string }
  data: string
}

/** The text of an `llm` run so far. */
export const textReducer: Reducer<LlmTypes> = {
  initial: "",
  step(text, { type, data }) {
    if (type === "delta") return text + (data.text ?? "")
    return type === "partial" || type === "complete" ? data.text : text
  },
}
