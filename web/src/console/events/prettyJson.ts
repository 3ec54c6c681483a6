const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

/** JSON over several lines. Numbers, escapes and the order of members stay as they are written. */
export function prettyJson(raw: string): string {
  const out: string[] = []
  let depth = 0
  let before = ""
  const newLine = () => out.push("\n", "  ".repeat(depth))
  for (const [text] of raw.matchAll(token)) {
    const isOpener = before === "{" || before === "["
    const isCloser = text === "}" || text === "]"
    if (isCloser) depth--
    if (isCloser ? !isOpener : isOpener || before === ",") newLine()
    out.push(text)
    if (text === ":") out.push(" ")
    if (text === "{" || text === "[") depth++
    before = text
  }
  return out.join("")
}

export interface Part {
  readonly text: string
  readonly kind: "key" | "string" | "number" | "word" | "plain"
}

const part = /("(?:[^"\\]|\\.)*")(?=: )|("(?:[^"\\]|\\.)*")|(-?\d[^\s,\]}]*)|(true|false|null)/g

/** The parts of pretty JSON that are set apart from one another. */
export function partsOf(pretty: string): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const match of pretty.matchAll(part)) {
    const [text, key, string, number] = match
    if (match.index > end) parts.push({ text: pretty.slice(end, match.index), kind: "plain" })
    const kind = key ? "key" : string ? "string" : number ? "number" : "word"
    parts.push({ text, kind })
    end = match.index + text.length
  }
  parts.push({ text: pretty.slice(end), kind: "plain" })
  return parts
}
