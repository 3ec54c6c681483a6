import { visible } from "./visible.ts"

/** So much of a text is on its line. */
const mostChars = 320
/** So much of it stands before a match that lies further on. */
const lead = 60

/** Where a text begins in another, in any case; -1 for nowhere. */
function indexIn(text: string, search: string): number {
  if (!search) return -1
  const lower = text.toLowerCase()
  // Some letters are longer in lower case, and what stands behind one would be marked beside itself.
  return lower.length === text.length ? lower.indexOf(search.toLowerCase()) : text.indexOf(search)
}

/** The beginning of a text, or what is around a match in it, with the match marked. */
export function Marked({ text, search }: { readonly text: string; readonly search: string }) {
  const at = indexIn(text, search)
  if (at < 0) return visible(text.slice(0, mostChars))
  const from = at + search.length > mostChars / 2 ? Math.max(0, at - lead) : 0
  const end = at + search.length
  return (
    <>
      {from > 0 && "…"}
      {visible(text.slice(from, at))}
      <mark>{visible(text.slice(at, end))}</mark>
      {visible(text.slice(end, from + mostChars))}
    </>
  )
}
