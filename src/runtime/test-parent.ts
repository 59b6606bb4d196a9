// The process of `node --test`, which starts another one for each file. Node gives it no inspector: a thread that connects to
// it aborts the process.

/** Whether this is that process, and has no tests of its own. */
export function isTestParent(): boolean {
  const { execArgv } = process;
  return execArgv.includes('--test') && !/--(?:experimental-)?test-isolation[= ]none/.test(execArgv.join(' '));
}
