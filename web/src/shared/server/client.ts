import { createClient } from "@runstream/client"

/** Where the API begins, as the server wrote it into the page; its default where a development server did not. */
export const basePath = basePathOf(
  document.querySelector<HTMLMetaElement>("meta[name=runstream-base-path]")?.content,
)

/** The one client of a page. */
export const client = createClient({ baseUrl: `${location.origin}${basePath}` })

export function basePathOf(written: string | undefined): string {
  return written?.startsWith("/") ? written : "/api/agents"
}
