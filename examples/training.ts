// S32: does the loop stay free while a model is trained? Gradients of micro-batches are computed in threads and added up, and what
// a segment had in between is computed anew rather than kept; with --on-loop the same blocks it, and the report says where.
//   node examples/training.ts
//     prints `loss went down: true`, `gradients of 4 micro-batches make one step`, `weight: 2.…`
//   npx loopscope run -- examples/training.ts --on-loop
//     reports `loop blocked`, `microBatch`, `examples/training.ts`
//   npx loopscope run --otlp http://localhost:4318 -- examples/training.ts
//     sends `run step`, `submit gradients`, `process gradients`
import { createTask, gather, runInExecutor, sleep, ThreadExecutor } from 'loopscope';

interface Gradient {
  readonly loss: number;
  readonly gradient: number;
}

// A net of 16 layers with one weight. Its source is sent to a thread: it uses nothing but its arguments.
function microBatch(weight: number, inputs: readonly number[], rounds: number): Gradient {
  const [layers, segment] = [16, 4];
  const layer = (value: number, by: number): number => value + 0.05 * by * value;
  let loss = 0;
  let gradient = 0;
  for (let round = 0; round < rounds; round++) {
    loss = gradient = 0;
    for (const input of inputs) {
      const kept: number[] = []; // the checkpoints: one value of each segment
      let value = input;
      let wanted = input;
      for (let index = 0; index < layers; index++) {
        if (index % segment === 0) kept.push(value);
        value = layer(value, weight);
        wanted = layer(wanted, 3); // what is to be learnt
      }
      loss += (value - wanted) ** 2;
      let slope = 2 * (value - wanted);
      for (let start = layers - segment; start >= 0; start -= segment) {
        const values = [kept[start / segment] ?? 0]; // what was between two checkpoints is computed anew
        for (let index = 1; index < segment; index++) values.push(layer(values[index - 1] ?? 0, weight));
        for (const before of values.toReversed()) {
          gradient += slope * 0.05 * before;
          slope *= 1 + 0.05 * weight;
        }
      }
    }
  }
  return { loss, gradient };
}

const onLoop = process.argv.includes('--on-loop');
const rounds = onLoop ? 100_000 : 200;
const gradients = new ThreadExecutor({ name: 'gradients', workers: 2 });
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

let weight = 2;
const losses: number[] = [];
let last: readonly Gradient[] = [];
for (let count = 1; count <= (onLoop ? 2 : 5); count++) {
  await sleep(100); // the next batches are read
  last = await createTask(() => step(weight), { name: 'step' });
  weight -= 0.0004 * last.reduce((sum, { gradient }) => sum + gradient, 0); // one step with all of them: accumulated
  losses.push(last.reduce((sum, { loss }) => sum + loss, 0));
}
console.log(`loss went down: ${losses.every((loss, index) => index === 0 || loss < (losses[index - 1] ?? 0))}`);
console.log(`gradients of ${last.length} micro-batches make one step`);
console.log(`weight: ${weight.toFixed(3)}, to be 3`);
await gradients.close();
