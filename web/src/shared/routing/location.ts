import { useSyncExternalStore } from "react"

const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("popstate", tell)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) removeEventListener("popstate", tell)
  }
}

/** The page's address, kept up to date through Back, Forward and {@link navigate}. */
export function useAddress(): URL {
  const href = useSyncExternalStore(subscribe, () => location.href)
  return new URL(href)
}

/** Goes to another address of this page without loading it anew; with `replace`, Back skips this one. */
export function navigate(to: string, { replace = false } = {}): void {
  if (new URL(to, location.href).href === location.href) return
  history[replace ? "replaceState" : "pushState"](null, "", to)
  tell()
}
