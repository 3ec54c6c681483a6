/** How a connection stands. Frozen. */
export interface ConnectionState {
  readonly state: "idle" | "connecting" | "open" | "waiting" | "closed"
  /** How many times in a row it was, or is about to be, tried again; 0 while it is open. */
  readonly retries: number
  /** When the next attempt begins, in milliseconds since 1970; null where none is planned. */
  readonly nextRetryAt: number | null
}

export function connectionState(
  state: ConnectionState["state"],
  retries = 0,
  nextRetryAt: number | null = null,
): ConnectionState {
  return Object.freeze({ state, retries, nextRetryAt })
}
