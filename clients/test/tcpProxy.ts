import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"

/** Stands between a client and a server, and does to their connections what networks do. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>()
  private server: Server | undefined
  private port = 0
  /** The head of each request that has come, in order. */
  readonly requests: string[] = []
  /** Connections are refused by a reset. */
  refusing = false
  /** No byte of the server's is passed on. */
  stalling = false
  /** After this many bytes of the server's a connection is cut; drawn anew for each connection. */
  cutAfter: (() => number) | undefined
  /** The server's `retry: 10000` is passed on as 0, for tests that are about something else. */
  hastening = false
  /** Each piece of the server's is held for this long. */
  delayMs = 0

  private constructor(private readonly targetPort: () => number) {}

  static async to(targetPort: () => number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort)
    proxy.server = createServer((client) => proxy.serve(client))
    await new Promise<void>((resolve) => proxy.server?.listen(0, "127.0.0.1", resolve))
    proxy.port = (proxy.server.address() as AddressInfo).port
    return proxy
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`
  }
  get baseUrl() {
    return `${this.origin}/api/agents`
  }

  /** The requests for streams. */
  get streams() {
    return this.requests.filter((head) => head.includes("/stream/"))
  }

  /** What each request for a stream gave as its position. */
  get positions() {
    return this.streams.map((head) => /^last-event-id: (.*)$/im.exec(head)?.[1])
  }

  /** Cuts all connections, in the middle of whatever they are doing. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.server?.close(resolve))
  }

  private serve(client: Socket): void {
    if (this.refusing) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(this.targetPort(), "127.0.0.1")
    let left = this.cutAfter?.() ?? Number.POSITIVE_INFINITY
    for (const socket of [client, upstream]) {
      this.sockets.add(socket)
      socket.setNoDelay(true)
      socket.on("error", () => {})
      socket.on("close", () => {
        this.sockets.delete(socket)
        upstream.destroy()
        if (socket === client) return
        this.later(() => client.destroy())
      })
    }
    client.on("data", (chunk) => {
      const text = chunk.toString("latin1")
      if (/^[A-Z]+ \S+ HTTP\//.test(text)) this.requests.push(text.split("\r\n\r\n")[0] ?? "")
      upstream.write(chunk)
    })
    client.on("end", () => upstream.end())
    upstream.on("data", (chunk) => {
      if (this.stalling) return
      const part = (this.hastening ? hasten(chunk) : chunk).subarray(0, left)
      left -= part.length
      const isCut = left <= 0
      this.later(() => {
        if (!client.write(part)) {
          upstream.pause()
          client.once("drain", () => upstream.resume())
        }
        if (isCut) client.end(() => client.resetAndDestroy())
      })
    })
    upstream.on("end", () => this.later(() => client.end()))
  }

  /** Holds back what the server does, without changing the order. */
  private later(act: () => void): void {
    if (this.delayMs > 0) setTimeout(act, this.delayMs)
    else act()
  }
}

function hasten(chunk: Buffer): Buffer {
  return Buffer.from(
    chunk.toString("latin1").replaceAll("retry: 10000\n", "retry: 00000\n"),
    "latin1",
  )
}
