import { useEffect, useState } from "react"
import { basePath } from "../../shared/server/client.ts"

export interface Loaded {
  readonly text: string | undefined
  readonly failure: string | undefined
}

/** What the server answers at a path below its base path; nothing is asked where it is null. */
export function useText(path: string | null): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ text: undefined, failure: undefined })
  useEffect(() => {
    if (path === null) return
    const abort = new AbortController()
    const load = async () => {
      const response = await fetch(basePath + path, { signal: abort.signal })
      if (!response.ok) throw new Error(`the server answered ${response.status}`)
      return response.text()
    }
    load().then(
      (text) => setLoaded({ text, failure: undefined }),
      (error: Error) => {
        if (!abort.signal.aborted) setLoaded({ text: undefined, failure: error.message })
      },
    )
    return () => abort.abort()
  }, [path])
  return loaded
}
