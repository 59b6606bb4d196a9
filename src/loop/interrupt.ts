// Asks a thread while it is blocked: Node evaluates in an interrupt of the engine what a session of the inspector is told
// to. There is a session for as long as an answer is awaited and no longer, because a process that ends waits for it.
import { Inspected } from './inspected.ts';
import { probeKey } from './probe.ts';
import { systemClock, type Pulse } from './pulse.ts';
import { schedulingOf } from './scheduling.ts';

const probe = `globalThis[Symbol.for(${JSON.stringify(probeKey)})]`;

/** One session with the thread. */
export class Interrupt {
  readonly #pulse: Pulse;
  readonly #inspected: Inspected;
  #closed = false;

  /** Throws where the thread cannot be reached. */
  constructor(pulse: Pulse) {
    this.#pulse = pulse;
    pulse.connected = true;
    try {
      this.#inspected = new Inspected(pulse.threadId);
    } catch (error) {
      pulse.connected = false;
      throw error;
    }
  }

  /** Has the thread look at what it does. One of `answers`; null if there is no probe, or the session was closed. */
  look(sequence: number, round: number): Promise<unknown> {
    return this.#evaluate(`${probe}?.look(${sequence},${round})`);
  }

  /** Has the thread report the whole process. False if that is what it does; null where it failed. */
  give(reason: string): Promise<unknown> {
    return this.#evaluate(`${probe}?.give(${JSON.stringify(reason)})`);
  }

  /** Ends the process from inside, or a worker thread alone, so that its own exit handlers run. */
  exit(code: number): void {
    // A runner of tests has it throw instead.
    const exit = `try{process.exit(${code})}finally{process.reallyExit(${code})}`;
    void this.#evaluate(this.#pulse.threadId === 0 ? `${probe}?.hush();${exit}` : exit);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inspected.close();
    this.#pulse.connected = false;
  }

  #evaluate(expression: string): Promise<unknown> {
    this.#pulse.ask(systemClock(), schedulingOf(this.#pulse.systemId)?.waitMs ?? Number.NaN);
    return this.#inspected.evaluate(expression);
  }
}
