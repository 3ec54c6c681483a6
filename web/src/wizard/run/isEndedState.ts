/** Whether nothing more comes of a run in this state. */
export function isEndedState(status: string): boolean {
  return status === "completed" || status === "failed" || status === "cancelled"
}
