// S32: does the loop stay free while a model is trained? Gradients of micro-batches are computed in threads and added up, and what
// a segment had in between is computed anew rather than kept; with --on-loop the same blocks it, and the report says where.
//   node examples/training.ts
//     prints `loss went down: true`, `gradients of 4 micro-batches make one step`, `kept 4 of 64 activations`
//   npx loopscope run -- examples/training.ts --on-loop
//     reports `loop blocked`, `microBatch`, `examples/training.ts`
//   npx loopscope run --otlp http://localhost:4318 -- examples/training.ts
//     sends `run step`, `submit gradients`, `process gradients`
import { createTask, gather, runInExecutor, sleep, ThreadExecutor } from 'loopscope';

interface Gradient {
  readonly loss: number;
  readonly gradient: number;
  readonly kept: number;
  readonly activations: number;
}

// y = 3x, learnt as y = wx. Its source is sent to a thread: it uses nothing but its arguments.
function microBatch(weight: number, inputs: readonly number[], rounds: number): Gradient {
  let loss = 0;
  let gradient = 0;
  let kept = 0;
  let activations = 0;
  for (let round = 0; round < rounds; round++) {
    loss = gradient = kept = activations = 0;
    for (const input of inputs) {
      // forward through 16 segments: only the first activation of the whole is kept, the checkpoint
      const forward = (upTo: number): number => {
        let value = input;
        for (let segment = 0; segment < upTo; segment++) value += (weight * input - value) / (16 - segment);
        return value;
      };
      kept++;
      activations += 16;
      const error = forward(16) - 3 * input;
      loss += error * error;
      for (let segment = 16; segment > 0; segment--) gradient += (2 * error * input + 0 * forward(segment)) / 16; // computed anew
    }
  }
  return { loss, gradient, kept, activations };
}

const onLoop = process.argv.includes('--on-loop');
const rounds = onLoop ? 100_000 : 200;
await using gradients = new ThreadExecutor({ name: 'gradients', workers: 2 });
const batches = [
  [0.1, 0.2, 0.3, 0.4],
  [0.5, 0.6, 0.7, 0.8],
  [0.9, 1, 1.1, 1.2],
  [1.3, 1.4, 1.5, 1.6],
];

async function step(weight: number): Promise<readonly Gradient[]> {
  if (onLoop) return batches.map((batch) => microBatch(weight, batch, rounds));
  return gather(batches.map((batch) => () => runInExecutor(gradients, microBatch, weight, batch, rounds)));
}

let weight = 0;
const losses: number[] = [];
let last: readonly Gradient[] = [];
for (let count = 1; count <= (onLoop ? 2 : 5); count++) {
  await sleep(100); // the next batches are read
  last = await createTask(() => step(weight), { name: 'step' });
  weight -= 0.02 * last.reduce((sum, { gradient }) => sum + gradient, 0); // one step with all of them: accumulated
  losses.push(last.reduce((sum, { loss }) => sum + loss, 0));
}
console.log(`loss went down: ${losses.every((loss, index) => index === 0 || loss < (losses[index - 1] ?? 0))}`);
console.log(`gradients of ${last.length} micro-batches make one step`);
console.log(`kept ${last[0]?.kept} of ${last[0]?.activations} activations`);
