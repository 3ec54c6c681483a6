import { useEffect, useRef } from "react"

const takesText = "input, textarea, select, [contenteditable]"

/** Whether a key belongs to something else: what text is typed into, a dialog, a shortcut of the browser. */
function isTaken({ target, altKey, ctrlKey, metaKey, defaultPrevented }: KeyboardEvent): boolean {
  if (defaultPrevented || altKey || ctrlKey || metaKey) return true
  const element = target instanceof Element ? target : null
  return !!element?.closest(`${takesText}, [role=alertdialog], [role=dialog]`)
}

/** Hears keys wherever the focus is, as long as nothing else takes them. True from the handler: it was ours. */
export function useKeys(onKey: (event: KeyboardEvent) => boolean): void {
  const newest = useRef(onKey)
  useEffect(() => {
    newest.current = onKey
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!isTaken(event) && newest.current(event)) event.preventDefault()
    }
    document.addEventListener("keydown", listen)
    return () => document.removeEventListener("keydown", listen)
  }, [])
}
