import { compareIds } from "../run/eventId.js"
import type { FollowListener, RunNow } from "../run/follow.js"
import type { RunItem } from "../run/types.js"
import {
  type ConnectionState,
  connectionState,
  type EventSourceConnection,
} from "../sse/eventSource.js"

/** How often a leader is heard at least, in milliseconds. */
const beatMs = 2_000
/** How long a member waits for the leader before it opens a stream of its own, in milliseconds. */
const silenceMs = 5_000

/** What tabs say to each other: items of the log, and where the leader is. Never a token or a header. */
interface Message {
  /** Somebody has come, and wants to hear where the leader is. */
  readonly hello?: true
  /** The last event that the leader had before `items`. */
  readonly at?: string
  readonly items?: readonly (RunItem | RunNow)[]
  readonly bytes?: number
  readonly state?: ConnectionState
}

/**
 * One tab's part in following a run together with others of the same name.
 *
 * Whoever holds the lock leads: its stream is the one, and it passes on what comes. Everybody begins with a
 * stream of its own, so that the server replays what came before, and gives it up once it has all that the
 * leader has. Each keeps its own position: who hears that it has missed something, or hears nothing, opens
 * a stream of its own from there.
 */
export function joinTabs(
  name: string,
  from: string,
  follow: (lastEventId: string, on: FollowListener) => EventSourceConnection,
  on: FollowListener,
): EventSourceConnection {
  let last = from
  let shown = connectionState("idle")
  let channel: BroadcastChannel | undefined
  let page = new AbortController()
  let isPaused = false
  let isOver = false
  // a stream of this tab's own
  let own: EventSourceConnection | undefined
  let ownNumber = 0
  /** Whether it has told how the run stands. */
  let isPlaced = false
  // leading, and hearing who leads
  let isLeading = false
  let release = () => {}
  let beat: ReturnType<typeof setInterval> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined

  const post = (message: Message) => channel?.postMessage(message)
  const tellWhere = () => post({ at: last, state: shown })
  const hasAllUpTo = (id: string) => id === "" || (last !== "" && compareIds(last, id) >= 0)

  function take(items: readonly (RunItem | RunNow)[]): void {
    for (const item of items) {
      if ("id" in item) last = item.id
      else if (item.type === "gap") last = item.to
      else if (item.type === "reset") last = ""
      isOver ||= /^(complete|error)$/.test(item.type)
    }
    on.onItems(items)
    if (!isOver) return
    leave()
    show(connectionState("closed"))
  }

  function show(state: ConnectionState): void {
    shown = Object.freeze(state)
    on.onState?.(shown)
    if (isLeading) tellWhere()
  }

  function openOwn(): void {
    if (own || isOver || isPaused) return
    const mine = ++ownNumber
    isPlaced = false
    own = follow(last, {
      onItems(items) {
        isPlaced = true
        if (isLeading) post({ at: last, items })
        take(items)
      },
      onBytes(bytes) {
        if (isLeading) post({ at: last, bytes })
        on.onBytes?.(bytes)
      },
      onState(state) {
        // That it is given up for the leader's is nothing to show.
        if (mine === ownNumber) show(state)
      },
      onFailure(error) {
        // It may be of this tab alone: the others try for themselves.
        leave()
        on.onFailure(error)
      },
    })
  }

  function closeOwn(): void {
    ownNumber++
    own?.close()
    own = undefined
  }

  function hear({ data }: MessageEvent<Message>): void {
    const { hello, at = "", items, bytes, state } = data
    if (isLeading) {
      if (hello) tellWhere()
      return
    }
    if (hello) return
    clearTimeout(silence)
    silence = setTimeout(openOwn, silenceMs)
    if (!hasAllUpTo(at)) return openOwn()
    if (own && !isPlaced) return
    closeOwn()
    if (bytes) on.onBytes?.(bytes)
    if (state) show(state)
    const news = items?.filter((item) => !("id" in item) || !hasAllUpTo(item.id))
    if (news) take(news)
  }

  function lead(): Promise<void> {
    isLeading = true
    clearTimeout(silence)
    openOwn()
    tellWhere()
    beat = setInterval(tellWhere, beatMs)
    return new Promise((resolve) => {
      release = () => {
        clearInterval(beat)
        isLeading = false
        resolve()
      }
    })
  }

  /** Stands in line for the lock. */
  function wait(): void {
    navigator.locks.request(name, { signal: page.signal }, lead).catch(() => {})
  }

  /** Others may be in view: whoever waits for the lock leads from now on. */
  async function handOver(): Promise<void> {
    const { pending = [] } = await navigator.locks.query()
    if (!isLeading || !pending.some((lock) => lock.name === name)) return
    closeOwn()
    release()
    silence = setTimeout(openOwn, silenceMs)
    wait()
  }

  function join(): void {
    if (channel || isOver || isPaused) return
    page = new AbortController()
    const { signal } = page
    channel = new BroadcastChannel(name)
    channel.onmessage = hear
    addEventListener("pagehide", hide, { signal })
    addEventListener("visibilitychange", changeVisibility, { signal })
    openOwn()
    wait()
    post({ hello: true })
  }

  /** Lets go of lock, channel, stream and timers, which would also keep the page out of the cache. */
  function leave(): void {
    page.abort()
    release()
    clearTimeout(silence)
    channel?.close()
    channel = undefined
    closeOwn()
  }

  function hide(): void {
    leave()
    show(connectionState("waiting"))
  }

  function changeVisibility(): void {
    if (isLeading && document.visibilityState === "hidden") void handOver()
  }

  addEventListener("pageshow", join)
  join()

  return {
    get state() {
      return shown
    },
    get lastEventId() {
      return last
    },
    reconnect() {
      if (channel) own?.reconnect()
      else join()
      openOwn()
    },
    pause() {
      isPaused = true
      leave()
      if (!isOver && shown.state !== "closed") show(connectionState("idle"))
    },
    resume() {
      isPaused = false
      join()
    },
    announceEnd() {},
    close() {
      isOver = true
      removeEventListener("pageshow", join)
      leave()
    },
  }
}
