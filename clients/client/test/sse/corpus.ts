import type { SseItem } from "../../src/sse/parser.js"

/** What a case is expected to yield, in short. */
export type Expected =
  | { event: string; data: string; id?: string; last?: string; retry?: number }
  | { comment: string }
  | { retry: number }

export interface Case {
  readonly name: string
  /** A text is taken as UTF-8. */
  readonly stream: string | Uint8Array
  readonly yields: readonly Expected[]
  readonly lastEventId?: string
}

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...new TextEncoder().encode(part)] : part,
    ),
  )
const message = (data: string, more: object = {}): Expected => ({ event: "message", data, ...more })

/**
 * One case for each sentence of the section "Parsing an event stream" and "Interpreting an event stream" of
 * the HTML standard, with the standard's own examples, and the pitfalls that implementations were caught in.
 */
export const corpus: readonly Case[] = [
  { name: "nothing", stream: "", yields: [] },
  { name: "blank lines alone", stream: "\n\r\r\n\n", yields: [] },
  {
    name: "the standard's first example",
    stream:
      "data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\ndata: This is the third message.\n\n",
    yields: [
      message("This is the first message."),
      message("This is the second message, it\nhas two lines."),
      message("This is the third message."),
    ],
  },
  {
    name: "the standard's example of event types",
    stream:
      "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
    yields: [
      { event: "add", data: "73857293" },
      { event: "remove", data: "2153" },
      { event: "add", data: "113411" },
    ],
  },
  {
    name: "the standard's stock example",
    stream: "data: YHOO\ndata: +2\ndata: 10\n\n",
    yields: [message("YHOO\n+2\n10")],
  },
  {
    name: "the standard's example of a comment, an id, an id that is reset and a space kept",
    stream:
      ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
    yields: [
      { comment: " test stream" },
      message("first event", { id: "1", last: "1" }),
      message("second event", { id: "", last: "" }),
      message(" third event"),
    ],
  },
  {
    name: "the standard's example of empty data",
    stream: "data\n\ndata\ndata\n\ndata:",
    yields: [message(""), message("\n")],
  },
  {
    name: "the standard's example of an optional space",
    stream: "data:test\n\ndata: test\n\n",
    yields: [message("test"), message("test")],
  },
  {
    name: "CR",
    stream: "event: a\rdata: 1\r\rdata: 2\r\r",
    yields: [{ event: "a", data: "1" }, message("2")],
  },
  {
    name: "CRLF",
    stream: "event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n",
    yields: [{ event: "a", data: "1" }, message("2")],
  },
  {
    name: "line ends mixed",
    stream: "data: 1\r\ndata: 2\ndata: 3\r\r\ndata: 4\n\r\n",
    yields: [message("1\n2\n3"), message("4")],
  },
  {
    name: "LF and CR are two line ends",
    stream: "data: 1\n\rdata: 2\n\n",
    yields: [message("1"), message("2")],
  },
  { name: "a CR at the very end dispatches", stream: "data: 1\r\r", yields: [message("1")] },
  {
    name: "a byte order mark",
    stream: bytes([0xef, 0xbb, 0xbf], "data: 1\n\n"),
    yields: [message("1")],
  },
  {
    name: "a byte order mark before a blank line",
    stream: bytes([0xef, 0xbb, 0xbf], "\ndata: 1\n\n"),
    yields: [message("1")],
  },
  {
    name: "only one byte order mark is dropped",
    stream: bytes([0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf], "data: 1\n\n"),
    yields: [],
  },
  {
    name: "a byte order mark later is text",
    stream: bytes("data: ", [0xef, 0xbb, 0xbf], "1\n\n", [0xef, 0xbb, 0xbf], "data: 2\n\n"),
    yields: [message("\ufeff1")],
  },
  {
    name: "a byte order mark that is not whole",
    stream: bytes([0xef, 0xbb], "data: 1\n\ndata: 2\n\n"),
    yields: [message("2")],
  },
  {
    name: "characters of two, three and four bytes",
    stream: "data: ä€😀\n\n",
    yields: [message("ä€😀")],
  },
  {
    name: "bytes that are not UTF-8",
    stream: bytes("data: ", [0xff, 0xc3], "x", [0xe2, 0x82], "\n\n"),
    yields: [message("\ufffd\ufffdx\ufffd")],
  },
  { name: "NUL in data stays", stream: "data: a\0b\n\n", yields: [message("a\0b")] },
  {
    name: "line ends of Unicode are no line ends",
    stream: "data: a\u2028b\u0085c\u000bd\n\n",
    yields: [message("a\u2028b\u0085c\u000bd")],
  },
  {
    name: "NUL in an id: the id is ignored",
    stream: "id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n",
    yields: [message("a", { id: "1", last: "1" }), message("b", { last: "1" })],
  },
  {
    name: "an id counts for the events after it",
    stream: "id: 7\ndata: a\n\ndata: b\n\n",
    yields: [message("a", { id: "7", last: "7" }), message("b", { last: "7" })],
    lastEventId: "7",
  },
  {
    name: "an id without data is committed at its blank line",
    stream: "id: 7\n\n",
    yields: [],
    lastEventId: "7",
  },
  {
    name: "an id is not committed without its blank line",
    stream: "id: 7\ndata: a\n\nid: 8\ndata: b\n",
    yields: [message("a", { id: "7", last: "7" })],
    lastEventId: "7",
  },
  {
    name: "the last id of a block counts",
    stream: "id: 1\nid: 2\ndata: a\n\n",
    yields: [message("a", { id: "2", last: "2" })],
  },
  {
    name: "an id keeps its further spaces",
    stream: "id:  a b \ndata: x\n\n",
    yields: [message("x", { id: " a b ", last: " a b " })],
  },
  {
    name: "the last type of a block counts",
    stream: "event: a\nevent: b\ndata: 1\n\n",
    yields: [{ event: "b", data: "1" }],
  },
  {
    name: "an empty type is message",
    stream: "event: a\nevent\ndata: 1\n\n",
    yields: [message("1")],
  },
  {
    name: "a type without data is forgotten",
    stream: "event: a\n\ndata: 1\n\n",
    yields: [message("1")],
  },
  {
    name: "a data field in front of a type",
    stream: "data: 1\nevent: a\n\n",
    yields: [{ event: "a", data: "1" }],
  },
  {
    name: "field names are exact",
    stream: "Data: 1\n data: 2\ndata : 3\nDATA: 4\ndatax: 5\ndat: 6\n\n",
    yields: [],
  },
  {
    name: "unknown fields are ignored",
    stream: "foo\nfoo: bar\ndata: 1\n\n",
    yields: [message("1")],
  },
  { name: "colons in values", stream: "data: a:b: c\n\n", yields: [message("a:b: c")] },
  {
    name: "only one space is dropped, and no tab",
    stream: "data:\tx\ndata:  y\n\n",
    yields: [message("\tx\n y")],
  },
  {
    name: "comments",
    stream: ":\n:a\n: b\ndata: 1\n:c\n\n",
    yields: [{ comment: "" }, { comment: "a" }, { comment: " b" }, { comment: "c" }, message("1")],
  },
  {
    name: "retry",
    stream: "retry: 10\n\nretry:2000\ndata: 1\n\n",
    yields: [{ retry: 10 }, { retry: 2000 }, message("1", { retry: 2000 })],
  },
  {
    name: "retry that is no number",
    stream: "retry: 1x\nretry: -1\nretry: 1.5\nretry\nretry: \nretry: \u0661\ndata: 1\n\n",
    yields: [message("1")],
  },
  {
    name: "retry takes effect without its blank line",
    stream: "retry: 5\n",
    yields: [{ retry: 5 }],
  },
  {
    name: "data without a blank line is discarded",
    stream: "data: 1\n\ndata: 2\n",
    yields: [message("1")],
  },
  { name: "a line that has not ended", stream: "data: 1\n\ndata: 2", yields: [message("1")] },
  {
    name: "what Runstream sends first",
    stream:
      'retry: 10000\nevent: status\ndata: {"state":"running"}\n\nid: 5-1\nevent: delta\ndata: {}\n\n:keepalive\n\n',
    yields: [
      { retry: 10000 },
      { event: "status", data: '{"state":"running"}', retry: 10000 },
      { event: "delta", data: "{}", id: "5-1", last: "5-1" },
      { comment: "keepalive" },
    ],
  },
]

/** Items in the words of the corpus. */
export function inShort(item: SseItem): Expected | object {
  switch (item.kind) {
    case "comment":
      return { comment: item.text }
    case "retry":
      return { retry: item.retry }
    case "event":
      return {
        event: item.type,
        data: item.data,
        ...(item.id !== undefined && { id: item.id }),
        ...((item.lastEventId || item.id !== undefined) && { last: item.lastEventId }),
        ...(item.retry !== undefined && { retry: item.retry }),
      }
    case "oversized":
      return item
  }
}
