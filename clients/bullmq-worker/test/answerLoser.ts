import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"

/** Stands before a Redis and breaks a connection after every `each`th command of a text, before its answer. */
export class AnswerLoser {
  lost = 0
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  private constructor(redisPort: number, text: string, each: number) {
    let seen = 0
    this.#server = createServer((client) => {
      const redis = connect(redisPort, "127.0.0.1")
      let isLosing = false
      client.on("data", (chunk) => {
        if (chunk.includes(text) && ++seen % each === 0) isLosing = true
        redis.write(chunk)
      })
      redis.on("data", (chunk) => {
        if (!isLosing) client.write(chunk)
        else if (this.#sockets.delete(client)) {
          this.lost++
          client.destroy()
        }
      })
      for (const [socket, other] of [
        [client, redis],
        [redis, client],
      ] as const) {
        this.#sockets.add(socket)
        socket.on("error", () => {})
        socket.on("close", () => other.destroy())
      }
    })
  }

  static async before(redisPort: number, text: string, each: number): Promise<AnswerLoser> {
    const proxy = new AnswerLoser(redisPort, text, each)
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve))
    return proxy
  }

  get connection() {
    return { host: "127.0.0.1", port: (this.#server.address() as AddressInfo).port }
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}
