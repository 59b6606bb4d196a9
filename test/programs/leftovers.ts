// Ends with so many tasks in line at a lock whose holder has settled: `leftovers.ts TASKS [CODE]`.
import { createTask, Lock } from 'loopscope';

const [tasks = '0', code = '0'] = process.argv.slice(2);
const stock = new Lock({ name: 'stock' });
if (tasks !== '0') await stock.acquire();
for (let task = 0; task < Number(tasks); task++) createTask(() => stock.acquire(), { name: 'book' });
process.exitCode = Number(code);
