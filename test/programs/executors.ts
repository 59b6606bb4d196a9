// Jobs in threads and processes, and a program that does not close its executors. `hang`: none of the jobs ends.
import { createTask, ProcessExecutor, runInExecutor, ThreadExecutor } from 'loopscope';

const work = new URL('jobs/work.mjs', import.meta.url);
const threads = new ThreadExecutor({ name: 'thumbnails', workers: 1 });
const processes = new ProcessExecutor({ name: 'reports', workers: 1 });

if (process.argv[2] === 'hang') {
  const wait = { file: work, export: 'wait' };
  createTask(() => threads.run(wait, [], { name: 'resize' }), { name: 'upload' });
  threads.run(wait, [], { name: 'resize next' });
  processes.run(wait, [], { name: 'render' });
} else {
  const all = [
    await runInExecutor(null, (a: number, b: number) => a + b, 2, 3),
    await threads.run(work, ['thread']),
    await processes.run(work, ['process']),
  ];
  console.log(all.join(', '));
}
