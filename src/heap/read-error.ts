// Why a process could not be read, for whoever asked.

/**
 * `gone` there is no such process; `not-node` it is not Node; `permission` the system does not allow it; `unsupported` the
 * system, the build of Node or its version cannot be read this way; `busy` the process does not answer now (a blocked loop,
 * a port that is taken); `changed` it changed too fast to be read; `file` a core dump or executable that cannot be read.
 */
export type ReadProblem = 'gone' | 'not-node' | 'permission' | 'unsupported' | 'busy' | 'changed' | 'file';

/** A process or core dump cannot be read. The message is one sentence and says what to do. */
export class ReadError extends Error {
  readonly problem: ReadProblem;

  constructor(problem: ReadProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReadError';
    this.problem = problem;
  }
}
