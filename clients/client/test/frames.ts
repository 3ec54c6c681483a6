/** The first frame of a connection, as the server writes it. */
export function first(data: object = {}): string {
  return `retry: 10000\nevent: status\ndata: ${JSON.stringify({ state: "running", attempt: 1, runId: "r", resume: "start", firstEventId: "5-1", lastEventId: "5-1", ...data })}\n\n`
}

/** A frame without an id. */
export function control(data: object, retry?: number): string {
  const line = retry === undefined ? "" : `retry: ${retry}\n`
  return `${line}event: status\ndata: ${JSON.stringify(data)}\n\n`
}

/** An event of the log with epoch 5, unless the id says otherwise. */
export function event(id: number | string, type: string, data: unknown): string {
  const name = typeof id === "number" ? `5-${id}` : id
  return `id: ${name}\nevent: ${type}\ndata: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`
}

export const status = (id: number, data: object) => event(id, "status", data)
export const delta = (id: number, text: string) => event(id, "delta", { text })
export const partial = (id: number, text: string) => event(id, "partial", { text })
export const complete = (id: number, data: unknown) => event(id, "complete", data)
export const error = (id: number, data: object) => event(id, "error", data)
