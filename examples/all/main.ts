// Runs every example in every way that its first comment names, and prints one line each.
import { availableParallelism } from 'node:os';
import { Semaphore, gather } from 'loopscope';
import { attempt } from './attempt.ts';
import { examples } from './list.ts';

const places = new Semaphore(Math.max(1, Math.floor(availableParallelism() / 2)), { name: 'processors' });
let failed = 0;

await gather(
  examples().map(
    ({ file, question, promised }) =>
      () =>
        places.run(async () => {
          const started = performance.now();
          const problems: string[] = [];
          for (const each of promised) problems.push((await attempt(each)) ?? '');
          const problem = problems.find((text) => text !== '') ?? '';
          if (problem !== '') failed++;
          const seconds = ((performance.now() - started) / 1000).toFixed(1);
          console.log(
            `${problem === '' ? 'ok' : 'NOT OK'}  ${file} · ${question} · ${seconds} s${problem === '' ? '' : `\n${problem}`}`,
          );
        }),
  ),
);
if (failed > 0) process.exitCode = 1;
