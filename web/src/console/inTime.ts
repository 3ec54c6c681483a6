import { RunstreamError } from "@runstream/client"

/** A server that hangs takes connections and says nothing: after so long that is no answer. */
const answerMs = 5_000

/** A signal for one question to the server: that of the page, and aborted where no answer comes in time. */
export function inTime(signal: AbortSignal): AbortSignal {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new RunstreamError("timeout", "No answer")), answerMs)
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true })
  return AbortSignal.any([signal, late.signal])
}
