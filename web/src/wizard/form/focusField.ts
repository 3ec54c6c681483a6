/** How many frames a field that is being unfolded may take to appear. */
const patience = 40

/** Focuses the field of this name as soon as it can be seen, and scrolls to it. */
export function focusField(name: string): void {
  let frames = 0
  const look = () => {
    const field = document.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`)
    if (field && field.getClientRects().length > 0) field.focus()
    else if (frames++ < patience) requestAnimationFrame(look)
  }
  look()
}
