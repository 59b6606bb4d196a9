// A pool of tinypool whose worker is stuck, and knows nothing of loopscope.
import { Tinypool } from 'tinypool';

const filename = new URL('work.cjs', import.meta.url).href;
const pool = new Tinypool({ filename, minThreads: 1, maxThreads: 1 });
pool.run({ hang: true }).catch(() => {});
pool.run({ value: 1 }, { name: 'other' }).catch(() => {});
const done = new Tinypool({ filename, minThreads: 1, maxThreads: 1 });
await done.run({ value: 1 });
await done.run({ fail: true }).catch(() => {});
process.exit();
