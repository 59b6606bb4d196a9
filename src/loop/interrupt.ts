// Asks the main thread while it is blocked: Node evaluates in an interrupt of the engine what a session of the inspector is
// told to. There is a session for as long as an answer is awaited and no longer, because a process that ends waits for it.
import { Session } from 'node:inspector';
import { probeKey } from './probe.ts';
import { systemClock, type Pulse } from './pulse.ts';
import { mainScheduling } from './scheduling.ts';

const probe = `globalThis[Symbol.for(${JSON.stringify(probeKey)})]`;

/** One session with the main thread. */
export class Interrupt {
  readonly #pulse: Pulse;
  readonly #session = new Session();
  #closed = false;

  /** Throws where the main thread cannot be reached. */
  constructor(pulse: Pulse) {
    this.#pulse = pulse;
    pulse.connected = true;
    try {
      this.#session.connectToMainThread();
    } catch (error) {
      pulse.connected = false;
      throw error;
    }
  }

  /** Has the main thread look at what it does. One of `answers`; null if there is no probe, or the session was closed. */
  look(sequence: number, round: number): Promise<unknown> {
    return this.#evaluate(`${probe}?.look(${sequence},${round})`);
  }

  /** Has the main thread report the whole process. False if that is what it does; null where it failed. */
  give(reason: string): Promise<unknown> {
    return this.#evaluate(`${probe}?.give(${JSON.stringify(reason)})`);
  }

  /** Ends the process from inside, so that its own exit handlers run. */
  exit(code: number): void {
    void this.#evaluate(`${probe}?.hush();process.exit(${code})`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session.disconnect();
    this.#pulse.connected = false;
  }

  #evaluate(expression: string): Promise<unknown> {
    this.#pulse.ask(systemClock(), mainScheduling()?.waitMs ?? Number.NaN);
    return new Promise((resolve) => {
      this.#session.post('Runtime.evaluate', { expression, returnByValue: true, silent: true }, (error, answer) => {
        resolve(error !== null || answer.exceptionDetails !== undefined ? null : answer.result.value);
      });
    });
  }
}
