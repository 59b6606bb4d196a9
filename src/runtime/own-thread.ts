// Threads of loopscope's own are none of the program's: who counts threads leaves them out.

let starting = false;

/** Starts a thread that is not the program's. */
export function startOwnThread<Thread>(start: () => Thread): Thread {
  starting = true;
  try {
    return start();
  } finally {
    starting = false;
  }
}

/** Whether the thread that Node announces now is loopscope's own. */
export function isOwnThreadStarting(): boolean {
  return starting;
}
