// S28: which stage of extract, transform, load holds up the others? Queues of ten rows lie between them; loading is the slow one.
//   node examples/etl.ts
//     prints `loaded 100 rows, 5 rejected`, `extracting waited for transforming: true`
//   npx loopscope run --timeout 1500ms -- examples/etl.ts --slow
//     reports `queue raw · full, 10 of 10 in it · 1 waiting to put`, `last taken by transform`, `now waits for sleep`
//   npx loopscope run --otlp http://localhost:4318 -- examples/etl.ts
//     sends `put raw`, `get raw`, `process clean`, `run load`
import { Queue, sleep, TaskGroup } from 'loopscope';

interface Row {
  readonly id: number;
  readonly amount: number;
}

const loadMs = process.argv.includes('--slow') ? 60_000 : 1;
const raw = new Queue<Row>({ name: 'raw', maxsize: 10 });
const clean = new Queue<Row>({ name: 'clean', maxsize: 10 });
let loaded = 0;
let rejected = 0;
let heldUp = false;

async function extract(): Promise<void> {
  for (let id = 1; id <= 105; id++) {
    heldUp ||= raw.full;
    await raw.put({ id, amount: id % 21 === 0 ? Number.NaN : id * 100 });
  }
  raw.shutdown();
}

async function transform(): Promise<void> {
  for await (const row of raw) {
    if (Number.isNaN(row.amount)) rejected++;
    else await clean.put({ ...row, amount: row.amount / 100 });
    raw.taskDone();
  }
  clean.shutdown();
}

async function load(): Promise<void> {
  for await (const _row of clean) {
    await sleep(loadMs); // the database writes it
    loaded++;
    clean.taskDone();
  }
}

await TaskGroup.run(
  async (group) => {
    for (const [name, stage] of Object.entries({ extract, transform, load })) group.createTask(stage, { name });
  },
  { name: 'etl' },
);
console.log(`loaded ${loaded} rows, ${rejected} rejected`);
console.log(`extracting waited for transforming: ${heldUp}`);
