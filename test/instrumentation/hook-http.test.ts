// Requests of node:http, fetch and Fastify under the hook, in programs that know nothing of loopscope.
import { expect, test } from 'vitest';
import { program, register, startNode } from '../support/cli.ts';
import { outputsOf, stuckIn } from '../support/libraries.ts';

test('requests that a server is to answer, and those that it sends to do so; what nobody waits for is not pending', async () => {
  const lines = await stuckIn('http.mjs');
  expect(lines.toSorted()).toEqual([
    'client http localhost:… at nowhere · 2 in flight · 4 answered in … on average, … at most, 2 failed',
    'client http localhost:… at nowhere · 3 in flight · 1 answered in … on average, … at most',
    'request GET /begun at nowhere: pending',
    'request GET /gone at nowhere: response http localhost:… to GET /never/42 at http.mjs:24',
    'request GET /never/42 at nowhere: pending',
    'request GET /never/42 at nowhere: pending',
    'request GET /never/7 at nowhere: pending',
    'request GET /orders/7 at nowhere: response http localhost:… to GET /never/7 at http.mjs:29',
    'request GET /users/42 at nowhere: response http localhost:… to GET /never/42 at http.mjs:24',
    'task (main) at nowhere: response http localhost:… to GET /orders/7 at http.mjs:47 and response http localhost:… to GET /users/42 at http.mjs:47',
  ]);
});

test('without http there is what fetch has sent, and nothing that servers are to answer', async () => {
  expect(await stuckIn('http.mjs', { LOOPSCOPE_DISABLE: 'http' })).toEqual([
    'task (main) at nowhere: response http localhost:… to GET /never/42 at http.mjs:24 and response http localhost:… to GET /never/42 at http.mjs:24',
    'client http localhost:… at nowhere · 2 in flight · 1 answered in … on average, … at most',
  ]);
});

test('without undici what fetch has sent is not there', async () => {
  const lines = await stuckIn('http.mjs', { LOOPSCOPE_DISABLE: 'undici' });
  expect(lines.filter((line) => line.includes('http.mjs:24'))).toEqual([]);
  expect(lines).toContain('request GET /users/42 at nowhere: pending');
});

test.each([
  ['fastify', '/stock/:id'],
  ['fastify-4', '/stock/7'],
])('a request to %s is the task of what is done for it', async (library, path) => {
  const post = 'response http localhost:… to POST /orders at fastify.cjs:19';
  const get = 'request POST /orders at nowhere: response http localhost:… to GET /stock/7 at fastify.cjs:14';
  expect(await stuckIn('fastify.cjs', { FASTIFY: library })).toEqual([
    `task (main) at nowhere: ${post} and ${post}`,
    get,
    get,
    `request GET ${path} at nowhere: pending`,
    `request GET ${path} at nowhere: acquire async-mutex fastify.cjs:5 at fastify.cjs:9`,
    `lock async-mutex fastify.cjs:5 at fastify.cjs:5 · 1 waiting · held by GET ${path} at fastify.cjs:9`,
    'client http localhost:… at nowhere · 4 in flight',
  ]);
});

test.each([
  ['undici', 'undici.mjs'],
  ['undici-7', 'undici.cjs'],
])('what is sent with %s of npm is there as what fetch sends', async (library, file) => {
  const lines = await stuckIn(file, { UNDICI: library, LOOPSCOPE_DISABLE: 'http' });
  const waits = [
    `response http localhost:… to GET /orders/7 at ${file}:25`,
    `response http localhost:… to GET /stream at ${file}:27`,
    `response http localhost:… to GET /users/42 at ${file}:15`,
    `response http localhost:… to POST /pool at ${file}:26`,
  ];
  expect(lines).toEqual([
    `task (main) at nowhere: ${waits.join(' and ')}`,
    'client http localhost:… at nowhere · 4 in flight · 1 answered in … on average, … at most',
  ]);
});

test('what has become a connection is no request, by node:http or by WebSocket', async () => {
  expect(await stuckIn('upgraded.mjs')).toEqual(['exit 3', '']);
});

test('what is switched off while the program runs is not there any more, and what comes after it is switched on is', async () => {
  const of = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;
  const words = [program('libraries/disable-part.mjs'), of('instrumentation/hook.js'), of('src/index.js')];
  const { stdout } = await startNode(['--import', register, ...words]).outcome;
  expect(stdout.split('\n')).toEqual([
    'answers GET /both; waits for GET /both',
    'answers nothing; waits for GET /both, GET /client',
    'answers nothing; waits for nothing',
    'answers GET /server; waits for nothing',
    'answers GET /server, GET /again; waits for GET /again',
    '',
  ]);
});

test('nothing changes for servers and clients', async () => {
  const { hooked, bare } = await outputsOf('http-unchanged.mjs');
  expect(hooked).toEqual(bare);
});
