/** Has the browser save a file. */
export function saveFile(name: string, content: Blob | string, type = "text/plain"): void {
  const blob = typeof content === "string" ? new Blob([content], { type }) : content
  const url = URL.createObjectURL(blob)
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  // The browser has opened it by the next turn; a minute is far beyond.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
