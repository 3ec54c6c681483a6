import { useEffect } from "react"
import type { UseFormReturn } from "react-hook-form"
import { fromInput, toInput } from "./inputJson.ts"
import type { Fund } from "./types.ts"

const key = "runstream.fund.draft"

/** The fund that this tab's form held before a reload; null if it was not touched. */
export function readDraft(): Fund | null {
  try {
    const kept = sessionStorage.getItem(key)
    return kept ? fromInput(JSON.parse(kept)).fund : null
  } catch {
    return null
  }
}

/** Keeps what is in the form for a reload of this tab. A run has its input on the server, so it needs none. */
export function useDraft(form: UseFormReturn<Fund>, isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted) return
    return form.subscribe({
      formState: { values: true },
      callback: ({ values }) => {
        try {
          sessionStorage.setItem(key, JSON.stringify(toInput(values as Fund)))
        } catch {
          // Storage is off or full: a reload begins anew.
        }
      },
    })
  }, [form, isWanted])
}
