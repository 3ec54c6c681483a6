import { type DBSchema, type IDBPDatabase, openDB } from "idb"
import type { Report } from "../run/types.ts"

/** A result that this browser keeps. */
export interface KeptResult {
  readonly runId: string
  /** When it was kept, in milliseconds since 1970. */
  readonly keptAt: number
  readonly report: Report
}

interface Schema extends DBSchema {
  results: { key: string; value: KeptResult; indexes: { keptAt: number } }
}

/** How many results are kept; the oldest go first. */
const most = 50

let opened: Promise<IDBPDatabase<Schema>> | undefined

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>("runstream-fund", 1, {
    upgrade(db) {
      db.createObjectStore("results", { keyPath: "runId" }).createIndex("keptAt", "keptAt")
    },
    // Another tab has a newer version of the pages: let go, and open anew when needed.
    blocking(_from, _to, event) {
      ;(event.target as IDBDatabase).close()
      opened = undefined
    },
  }).catch((error) => {
    opened = undefined
    throw error
  })
  return opened
}

/** Keeps a result, and lets the oldest go. */
export async function keepResult(runId: string, report: Report): Promise<void> {
  const transaction = (await database()).transaction("results", "readwrite")
  const known = await transaction.store.get(runId)
  await transaction.store.put({ runId, report, keptAt: known?.keptAt ?? Date.now() })
  const keys = await transaction.store.index("keptAt").getAllKeys()
  for (const key of keys.slice(0, Math.max(0, keys.length - most)))
    await transaction.store.delete(key)
  await transaction.done
}

export async function keptResult(runId: string): Promise<KeptResult | undefined> {
  return (await database()).get("results", runId)
}

/** All that is kept, the latest first. */
export async function keptResults(): Promise<readonly KeptResult[]> {
  return (await (await database()).getAllFromIndex("results", "keptAt")).reverse()
}

export async function dropResult(runId: string): Promise<void> {
  await (await database()).delete("results", runId)
}
