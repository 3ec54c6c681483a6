import type { ConnectionOptions } from "bullmq"
import { addressOf } from "./address.js"
import { CancelLink } from "./cancelLink.js"

/** Shared by whatever copies of this module are loaded: as ESM, as CommonJS, or installed twice. */
const key = Symbol.for("@runstream/bullmq-worker/links/1")
const shared = globalThis as { [key]?: Map<string, CancelLink> }

/** This process's link to the Redis of a `connection`, opened where there is none. */
export function linkTo(connection: ConnectionOptions, prefix: string): CancelLink {
  shared[key] ??= new Map()
  const links = shared[key]
  const name = `${prefix} ${addressOf(connection)}`
  const known = links.get(name)
  if (known) return known
  const link = new CancelLink(connection, prefix, () => links.delete(name))
  links.set(name, link)
  return link
}
