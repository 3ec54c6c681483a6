"use client"

import type { Client } from "@runstream/client"
import { createContext, type ReactNode, useContext, useState } from "react"
import { createStreamCache, type StreamCache } from "./streamCache.js"

interface Shared {
  readonly client: Client
  readonly streams: StreamCache
}

const SharedContext = createContext<Shared | null>(null)

export interface RunstreamProviderProps {
  readonly client: Client
  readonly children?: ReactNode
}

/**
 * Gives the components below it a client, and holds their streams: one for each run, however many
 * components follow it. With another client it begins anew.
 */
export function RunstreamProvider({ client, children }: RunstreamProviderProps) {
  const [held, hold] = useState(() => ({ client, streams: createStreamCache(client) }))
  let shared = held
  if (held.client !== client) {
    shared = { client, streams: createStreamCache(client) }
    hold(shared)
  }
  return <SharedContext.Provider value={shared}>{children}</SharedContext.Provider>
}

/** What the Provider above holds. */
export function useShared(): Shared {
  const shared = useContext(SharedContext)
  if (!shared) throw new Error("There is no RunstreamProvider above this component")
  return shared
}

/** The client of the Provider above. */
export function useRunstreamClient(): Client {
  return useShared().client
}
