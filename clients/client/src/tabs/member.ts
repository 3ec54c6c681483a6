import { compareIds } from "../run/eventId.js"
import { type FollowListener, isTerminal, type RunNow } from "../run/follow.js"
import type { RunItem } from "../run/types.js"
import { type ConnectionState, connectionState } from "../sse/connectionState.js"
import type { EventSourceConnection } from "../sse/eventSource.js"
import { timerMs } from "../sse/watchdog.js"
import { type Leadership, standInLine } from "./leadership.js"

/** How often a leader is heard at least, in milliseconds. */
const beatMs = 2_000
/** How long a member waits for the leader before it opens a stream of its own, in milliseconds. */
const silenceMs = 5_000

/** What tabs say to each other: items of the log, and where the leader is. Never a token or a header. */
interface Message {
  /** Somebody has come, and wants to hear where the leader is. */
  readonly hello?: true
  /** The last event that the leader had before `items`; undefined while it does not know. */
  readonly at?: string | undefined
  readonly items?: readonly (RunItem | RunNow)[]
  readonly bytes?: number
  readonly state?: ConnectionState
}

/** The last event that an item is of; undefined where it is of none. */
function endOf(item: RunItem | RunNow): string | undefined {
  return "id" in item ? item.id : item.type === "gap" ? item.to : undefined
}

/**
 * One tab's part in following a run together with others of the same name.
 *
 * Whoever holds the lock leads: its stream is the one, and it passes on what comes. Everybody begins with a
 * stream of its own, so that the server replays what came before, and gives it up once it has all that the
 * leader has. Each keeps its own position: who hears that it has missed something, or hears nothing, opens
 * a stream of its own from there, and waits with it for as long as the leader has to.
 *
 * @param from the last event that it has; empty where it has none, or does not know yet
 * @param soonMs draws the wait before a reconnect that somebody asks for, or that a wake-up brings
 */
export function joinTabs(
  name: string,
  from: string,
  open: (lastEventId: string, on: FollowListener) => EventSourceConnection,
  soonMs: () => number,
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
  let opening: ReturnType<typeof setTimeout> | undefined
  /** Whether it has told how the run stands. */
  let isPlaced = false
  // leading, and hearing who leads
  let line: Leadership | undefined
  let beat: ReturnType<typeof setInterval> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined

  const post = (message: Message) =>
    channel?.postMessage({ at: last || isPlaced ? last : undefined, ...message })
  const isLeading = () => line?.isHeld === true
  const tellWhere = () => post({ state: shown })
  const hasAllUpTo = (id: string) => id === "" || compareIds(last, id) >= 0

  function take(items: readonly (RunItem | RunNow)[]): void {
    for (const item of items) {
      const end = endOf(item)
      // Of another log, whose reset was missed.
      if (end && last && Number.isNaN(compareIds(end, last))) on.onItems([{ type: "reset" }])
      last = item.type === "reset" ? "" : (end ?? last)
      isOver ||= isTerminal(item)
    }
    on.onItems(items)
    if (isOver) close()
  }

  function show(state: ConnectionState): void {
    shown = Object.freeze(state)
    on.onState?.(shown)
    if (isLeading()) tellWhere()
  }

  /** Has a stream of its own, once the wait is over that it was told of, or the leader. */
  function openOwn(): void {
    if (isOver || isPaused) return
    if (own) return own.resume()
    clearTimeout(opening)
    const waitMs = Number(shown.nextRetryAt) - Date.now()
    if (waitMs > 0) opening = setTimeout(followAlone, timerMs(waitMs))
    else followAlone()
  }

  function followAlone(): void {
    const mine = ++ownNumber
    isPlaced = false
    own = open(last, {
      onItems(items) {
        // Where it begins with the latest, only now that is known.
        if (!isPlaced) last ||= own?.lastEventId ?? ""
        isPlaced = true
        if (isLeading()) post({ items })
        take(items)
      },
      onBytes(bytes) {
        if (isLeading()) post({ bytes })
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
    clearTimeout(opening)
    ownNumber++
    own?.close()
    own = undefined
  }

  function hear({ data }: MessageEvent<Message>): void {
    const { hello, at, items, bytes, state } = data
    if (isLeading() && hello) tellWhere()
    if (isLeading() || hello) return
    clearTimeout(silence)
    silence = setTimeout(openOwn, silenceMs)
    if (at !== undefined && !hasAllUpTo(at)) return openOwn()
    if (own) {
      if (at === undefined || !isPlaced) return
      closeOwn()
    }
    if (bytes) on.onBytes?.(bytes)
    if (state) show(state)
    const isNews = (end: string | undefined) => end === undefined || !hasAllUpTo(end)
    if (items) take(items.filter((item) => isNews(endOf(item))))
  }

  function lead(): void {
    clearTimeout(silence)
    openOwn()
    tellWhere()
    beat = setInterval(tellWhere, beatMs)
  }

  /** Others may be in view: whoever waited for the lock leads from now on. */
  function follow(): void {
    clearInterval(beat)
    closeOwn()
    silence = setTimeout(openOwn, silenceMs)
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
    line = standInLine(name, lead, follow)
    post({ hello: true })
  }

  /** Lets go of lock, channel and timers, which would also keep the page out of the cache. */
  function leave(): void {
    page.abort()
    line?.leave()
    line = undefined
    clearInterval(beat)
    clearTimeout(silence)
    clearTimeout(opening)
    channel?.close()
    channel = undefined
  }

  function hide(): void {
    leave()
    // A stream of its own hides, and comes back, by itself.
    if (!own) show(connectionState("waiting"))
    addEventListener("pageshow", comeBack, { once: true })
  }

  function comeBack(): void {
    if (isOver || isPaused) return
    if (!own) show(connectionState("waiting", 0, Date.now() + soonMs()))
    join()
  }

  function close(): void {
    isOver = true
    leave()
    closeOwn()
    show(connectionState("closed"))
  }

  function changeVisibility(): void {
    if (document.visibilityState === "hidden") void line?.passOn()
  }

  join()

  return {
    get state() {
      return shown
    },
    get lastEventId() {
      return last
    },
    reconnect() {
      own?.reconnect()
      comeBack()
      openOwn()
    },
    pause() {
      isPaused = true
      leave()
      if (own) own.pause()
      else if (shown.state !== "closed") show(connectionState("idle"))
    },
    resume() {
      isPaused = false
      join()
    },
    announceEnd() {},
    close,
  }
}
