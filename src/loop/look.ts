// One round of looks at the main thread: two, to see whether promise callbacks run meanwhile; many where they do, because
// between two of them there is nothing of the program on the stack.

import { Interrupt } from './interrupt.ts';
import { pause } from './pause.ts';
import { answers } from './probe.ts';
import type { Pulse } from './pulse.ts';

const inARound = 2;
const inAStorm = 50;

/** A round that has begun. It ends by itself when the main thread has answered. */
export class Look {
  readonly #interrupt: Interrupt;
  done = false;

  constructor(pulse: Pulse, sequence: number, round: number) {
    this.#interrupt = new Interrupt(pulse);
    void this.#run(sequence, round).finally(() => this.close());
  }

  /** Ends it now, answered or not. */
  close(): void {
    this.done = true;
    this.#interrupt.close();
  }

  async #run(sequence: number, round: number): Promise<void> {
    let answer: unknown = answers.empty;
    for (let count = 0; count < inARound; count++) {
      answer = await this.#interrupt.look(sequence, round);
      if (answer === answers.stale || answer === null) return;
    }
    for (let count = 0; count < inAStorm && answer === answers.empty && !this.done; count++) {
      await pause(1);
      answer = await this.#interrupt.look(sequence, round);
    }
  }
}
