// `loopscope doctor` on servers with one planted disease each, under real load: the first line says it, with its line.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loopscope } from '../support/cli.ts';

const autocannon = fileURLToPath(import.meta.resolve('autocannon/autocannon.js'));
const load = `"${process.execPath}" "${autocannon}" -c 10 -d 2 http://127.0.0.1:$PORT/`;
const folder = 'test/programs/diseases';

const servers: readonly (readonly [program: string, verdict: RegExp])[] = [
  [
    'sync-hash.mjs',
    /^The loop is blocked by pbkdf2Sync at test\/programs\/diseases\/sync-hash\.mjs:6 in hashPassword: /,
  ],
  [
    'sync-read.ts',
    /^Too much synchronous I\/O: readFileSync at test\/programs\/diseases\/sync-read\.ts:11 in render is /,
  ],
  [
    'large-json.mjs',
    /^JSON\.stringify of large objects at test\/programs\/diseases\/large-json\.mjs:13 keeps the loop: /,
  ],
  [
    'churn.cjs',
    /^Garbage collection takes \d+ % of all the loop does: most is allocated at \S+\/churn\.cjs:8 in buildIndex\./,
  ],
  [
    'slow-dependency.mjs',
    /^It waits for http 127\.0\.0\.1:\d+: \d+ % of the time of its requests, .* at \S+\/slow-dependency\.mjs:12\./,
  ],
  ['small-pool.mjs', /^The pool generic-pool small-pool\.mjs:6 is too small with 1: \d+ % of the time of requests /],
  [
    'fan-out.mjs',
    /^Unbounded concurrency at test\/programs\/diseases\/fan-out\.mjs:8: [\d,]+ file operations at the same time/,
  ],
  [
    'timer-storm.ts',
    /^A storm of timers: 3,000 timers take \d+ % of all the loop does, most of it at \S+\/timer-storm\.ts:12\./,
  ],
  ['leaked-sockets.mjs', /^It leaks sockets opened at test\/programs\/diseases\/leaked-sockets\.mjs:12: [\d,]+ more /],
  ['none.mjs', /^Healthy: it answered [\d,]+ requests in \d/],
];

test.for(servers)('of %s the first line is right', { timeout: 60_000 }, async ([name, verdict]) => {
  const { stdout, code } = await loopscope(['doctor', '--on-port', load, '--', `${folder}/${name}`]);
  expect({ first: stdout.split('\n')[0], code }).toEqual({ first: expect.stringMatching(verdict), code: 0 });
});
