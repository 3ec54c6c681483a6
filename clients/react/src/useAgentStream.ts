"use client"

import {
  type AgentStream,
  type AgentStreamOptions,
  type RunEvent,
  type RunSnapshot,
  type RunState,
  RunstreamError,
  type RunTypes,
} from "@runstream/client"
import { useEffect, useMemo, useRef, useSyncExternalStore } from "react"
import { useShared } from "./RunstreamProvider.js"
import { isShallowEqual } from "./shallowEqual.js"
import { createView } from "./view.js"

export interface UseAgentStreamOptions<E extends RunTypes = RunTypes>
  extends Omit<AgentStreamOptions<E>, "signal" | "onEvent"> {
  /** Whether to follow the run. What is known of it is shown all the same. True by default. */
  readonly enabled?: boolean | undefined
  /** The least milliseconds between two renders; a change of status is shown at once. 50 by default. */
  readonly throttleMs?: number | undefined
  /** Called once for each event applied while the component is mounted, in order, outside render. */
  onEvent?: ((event: RunEvent<E>) => void) | undefined
}

export interface StreamActions {
  /** Cancels the run. Unmounting never does. The same function for the same run. */
  cancel(): Promise<RunState>
  /** Connects anew, also where it was given up. The same function for the same run. */
  reconnect(): void
}

/**
 * Follows one run. Unmounting disconnects; only `cancel` stops the run. However many components follow a
 * run, there is one stream; `reduce`, `from` and the bounds are those of the component that was first.
 *
 * @param runId null while there is no run
 * @returns the snapshot with `cancel` and `reconnect`; with `select`, what that gives as `selected`, and the
 *   component renders only when that has changed (shallowly compared)
 */
export function useAgentStream<E extends RunTypes = RunTypes>(
  runId: string | null | undefined,
  options?: UseAgentStreamOptions<E> & { readonly select?: undefined },
): RunSnapshot<E> & StreamActions
export function useAgentStream<E extends RunTypes = RunTypes, T = unknown>(
  runId: string | null | undefined,
  options: UseAgentStreamOptions<E> & { select(snapshot: RunSnapshot<E>): T },
): { readonly selected: T } & StreamActions
export function useAgentStream(
  runId: string | null | undefined,
  options: UseAgentStreamOptions & {
    select?: ((snapshot: RunSnapshot) => unknown) | undefined
  } = {},
): object {
  const { client, streams } = useShared()
  const { enabled = true, throttleMs = 50, select, onEvent, ...streamOptions } = options

  const none = useMemo(() => withoutRun(client.createAgentStream("")), [client])
  const stream = runId ? streams.get(runId, streamOptions) : none
  useEffect(() => (runId ? streams.hold(runId, stream) : undefined), [streams, runId, stream])

  const isFollowed = enabled && !!runId
  const view = useMemo(
    () =>
      createView(stream.getSnapshot, isFollowed ? stream.subscribe : () => () => {}, throttleMs),
    [stream, isFollowed, throttleMs],
  )

  const newestOnEvent = useRef(onEvent)
  useEffect(() => {
    newestOnEvent.current = onEvent
  })
  useEffect(
    () =>
      isFollowed ? stream.subscribeEvents((event) => newestOnEvent.current?.(event)) : undefined,
    [stream, isFollowed],
  )

  const selected = useSelection(select)
  const shown = useSyncExternalStore(
    view.subscribe,
    () => selected(view.getSnapshot()),
    () => selected(stream.getServerSnapshot()),
  )
  const { cancel, reconnect } = stream
  return select
    ? { selected: shown, cancel, reconnect }
    : { ...(shown as RunSnapshot), cancel, reconnect }
}

const all = (snapshot: RunSnapshot) => snapshot

/**
 * Selects once from each snapshot. A selection that equals the one before is the one before, so that it
 * renders nothing.
 */
function useSelection(select: (snapshot: RunSnapshot) => unknown = all) {
  const kept = useRef<{ snapshot?: RunSnapshot; select?: typeof select; selected?: unknown }>({})
  return (snapshot: RunSnapshot) => {
    const last = kept.current
    if (snapshot !== last.snapshot || select !== last.select) {
      const next = select(snapshot)
      const selected = isShallowEqual(next, last.selected) ? last.selected : next
      kept.current = { snapshot, select, selected }
    }
    return kept.current.selected
  }
}

function withoutRun(stream: AgentStream): AgentStream {
  const cancel = () => {
    const refused = Promise.reject(new RunstreamError("no-run", "There is no run to cancel"))
    // As for a run: who does not wait for it is not bothered.
    refused.catch(() => {})
    return refused
  }
  return { ...stream, cancel }
}
