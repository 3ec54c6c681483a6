/**
 * What the payloads of a run's events are, for the type parameter `E`; a member left out is `unknown`. The same
 * interface serves `@runstream/client`, where the run is read.
 */
export interface RunTypes {
  delta?: unknown
  partial?: unknown
  complete?: unknown
}

export type Delta<E> = E extends { delta: infer T } ? T : unknown
export type Partial<E> = E extends { partial: infer T } ? T : unknown
export type Complete<E> = E extends { complete: infer T } ? T : unknown

/** What a `status` says; `state` and `attempt` are the server's to add. */
export interface StatusData {
  readonly message?: string
  readonly progress?: { readonly done: number; readonly total: number }
  readonly state?: never
  readonly attempt?: never
  readonly [more: string]: unknown
}

/**
 * The run that a job is, as its processor sees it.
 *
 * `delta`, `partial` and `status` arrive in the order in which they are called. What is handed in is encoded at once.
 * Their promises resolve when there is room for more: with up to 1 MiB waiting that is at once, else when Redis has
 * taken some of it. They reject when a batch could not be delivered; unawaited, the job fails with that error at its
 * end. With more than 16 MiB waiting they throw.
 *
 * Once the processor has ended, a call sends nothing and warns of it, once (`RUNSTREAM_LATE_EVENT`).
 */
export interface Run<E extends RunTypes = RunTypes> {
  /** Its name at the server. */
  readonly runId: string

  /**
   * Fires when the run is cancelled: by push within milliseconds, else by the check of the token. Also when the worker
   * itself cancels the job (`worker.cancelJob`). Never fires because a reader disconnects.
   */
  readonly signal: AbortSignal

  /**
   * Sends an increment.
   *
   * @throws TypeError when it has no JSON form
   * @throws RangeError when it is larger than 256 KiB of JSON, or nested deeper than 500
   */
  delta(data: Delta<E>): Promise<void>

  /** Sends the result so far, which stands for every delta and partial of this attempt before it. Throws as `delta`. */
  partial(data: Partial<E>): Promise<void>

  /** Says where the work stands; a text is its `message`. Throws as `delta`. */
  status(status: string | StatusData): Promise<void>

  /**
   * Asks for the cancel token now, for the boundary between two steps. Throws when the run is cancelled. Where Redis
   * does not answer within 2 s it goes on.
   */
  throwIfCancelled(): Promise<void>
}

/** What is needed of a job: BullMQ's `Job` and `SandboxedJob` have it. */
export interface RunJob {
  id?: string | undefined
  queueName: string
  updateProgress(progress: object): Promise<void>
}
