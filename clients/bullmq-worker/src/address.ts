import { isClient } from "./redis.js"

/** The options that say which Redis it is, and as whom. */
const NAMING = [
  ["host", "127.0.0.1"],
  ["port", 6379],
  ["path"],
  ["url"],
  ["db", 0],
  ["username"],
  ["password"],
  ["sentinels"],
  ["name"],
  ["tls"],
] as const

/** A text that is equal for connections to the same Redis, whether options or clients. */
export function addressOf(connection: unknown): string {
  const { options, startupNodes } = connection as Record<string, unknown>
  if (!isClient(connection)) return nameIn(connection)
  const within = (options as Record<string, unknown>)["redisOptions"]
  return startupNodes ? `${text(startupNodes)} ${nameIn(within ?? {})}` : nameIn(options)
}

function nameIn(options: unknown): string {
  const given = options as Record<string, unknown>
  return NAMING.map(([name, otherwise]) => `${name}=${text(given[name] ?? otherwise)}`).join(" ")
}

const objects = new WeakMap<object, number>()
let count = 0

/** JSON with sorted members; what JSON does not tell apart (secure contexts, functions) counts as itself. */
function text(value: unknown): string {
  if (typeof value === "function") return numberOf(value)
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? ""
  if (Array.isArray(value)) return `[${value.map(text).join()}]`
  if (Object.getPrototypeOf(value) !== Object.prototype) return numberOf(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${text(member)}`).join()}}`
}

function numberOf(value: object): string {
  const number = objects.get(value) ?? ++count
  objects.set(value, number)
  return `#${number}`
}
