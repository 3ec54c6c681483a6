import { type ConnectionOptions, RedisConnection } from "bullmq"

/** What is used of ioredis here. */
export interface RedisClient {
  get(key: string): Promise<string | null>
  subscribe(channel: string): Promise<unknown>
  duplicate(...options: unknown[]): RedisClient
  disconnect(): void
  on(event: "message", listener: (channel: string, message: string) => void): unknown
  on(event: "ready", listener: () => void): unknown
  on(event: "error", listener: (error: Error) => void): unknown
  readonly isCluster?: boolean
  readonly options?: Record<string, unknown>
}

/** How a connection of ours differs from the worker's: it has a name, and waits and tries until it is given up. */
export interface Differences {
  readonly connectionName: string
  readonly maxRetriesPerRequest: null
  readonly enableOfflineQueue: true
  readonly autoResubscribe: true
  readonly retryStrategy: (times: number) => number | null
}

/**
 * Opens a connection of our own to the Redis of a `connection` as BullMQ takes it. A client that is passed is
 * duplicated and otherwise left alone; options go through BullMQ, which brings its ioredis.
 *
 * @param onError hears each failure to connect; it is tried again until `retryStrategy` says no
 */
export async function connect(
  connection: ConnectionOptions,
  differences: Differences,
  onError: (error: Error) => void,
): Promise<RedisClient> {
  if (isClient(connection)) {
    const client = duplicate(connection, differences)
    client.on("error", onError)
    return client
  }
  const own = new RedisConnection({ ...connection, ...differences } as ConnectionOptions, {
    blocking: false,
    skipVersionCheck: true,
  })
  own.on("error", onError)
  try {
    return assertIoredis(await own.client)
  } catch (error) {
    own.close().catch(() => {})
    throw error
  }
}

/** Another connection to where a client is connected. */
export function duplicate(client: RedisClient, differences: Differences): RedisClient {
  // Only a bare Cluster wants them apart from its own; BullMQ's proxy of one sees to that itself.
  const isBareCluster = client.isCluster === true && !("__bullmq_iredis" in client)
  return isBareCluster
    ? client.duplicate(undefined, {
        redisOptions: { ...(client.options?.["redisOptions"] as object), ...differences },
      })
    : client.duplicate(differences)
}

/** Whether it is a client, of whatever kind, and not options. */
export function isClient(connection: unknown): connection is RedisClient {
  return typeof (connection as Partial<RedisClient>).duplicate === "function"
}

/** @throws TypeError for a client of anything but ioredis, such as node-redis, which BullMQ 6 takes too */
export function assertIoredis(client: unknown): RedisClient {
  const { subscribe, defineCommand } = client as Record<string, unknown>
  if (typeof subscribe === "function" && typeof defineCommand === "function") {
    return client as RedisClient
  }
  throw new TypeError(
    "@runstream/bullmq-worker needs ioredis: pass connection options or a client of ioredis as `connection`",
  )
}
