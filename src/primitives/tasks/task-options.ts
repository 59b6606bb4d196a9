// What tasks are made with.

export interface TaskOptions {
  /** What reports, spans and metrics call it. Default: the name of the function, or `task`. */
  readonly name?: string;
  /** True: the function is called at once, as an async function is. False: on the next microtask. Default true. */
  readonly eager?: boolean;
  /** Cancels the task when it is aborted, with the signal's reason as cause. The function is not called if it is already. */
  readonly signal?: AbortSignal;
}
