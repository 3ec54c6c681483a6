/** So much of a text is on its line. */
const mostChars = 320
/** So much of it stands before a match that lies further on. */
const lead = 60

/** The beginning of a text, or what is around a match in it, with the match marked. */
export function Marked({ text, search }: { readonly text: string; readonly search: string }) {
  const at = search ? text.toLowerCase().indexOf(search.toLowerCase()) : -1
  if (at < 0) return text.slice(0, mostChars)
  const from = at + search.length > mostChars / 2 ? Math.max(0, at - lead) : 0
  const end = at + search.length
  return (
    <>
      {from > 0 && "…"}
      {text.slice(from, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end, from + mostChars)}
    </>
  )
}
