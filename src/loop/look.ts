// One round of looks at the main thread: two, to see whether promise callbacks run meanwhile; many where they do, because
// between two of them there is nothing of the program on the stack.
import { Interrupt } from './interrupt.ts';
import { answers } from './probe.ts';
import { systemClock, type Pulse } from './pulse.ts';

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
    let count = 0;
    await lookRound(this.#interrupt, sequence, round, () => this.done || ++count > inAStorm);
  }
}

/** A round by a session that is there already. It ends where the program was seen, the block is over, or `isOver` says so. */
export async function lookRound(
  interrupt: Interrupt,
  sequence: number,
  round: number,
  isOver: () => boolean,
): Promise<void> {
  let answer: unknown = answers.empty;
  for (let count = 0; count < inARound; count++) {
    answer = await interrupt.look(sequence, round);
    if (answer === answers.stale || answer === null) return;
  }
  while (isLittle(answer) && !isOver()) {
    drift();
    answer = await interrupt.look(sequence, round);
  }
}

function isLittle(answer: unknown): boolean {
  return answer === answers.empty || answer === answers.entered;
}

/** Lets a random moment pass: looks in step with the callbacks would always come between them. */
function drift(): void {
  const until = systemClock() + 0.05 + Math.random() * 0.3;
  while (systemClock() < until);
}
