// Requests to one route that differ by ids are one row and one branch.
import { expect, test } from 'vitest';
import { withoutIds } from '../../src/reporters/request-paths.ts';
import { program, register, startNode } from '../support/cli.ts';

test('ids are left out of paths, in paths of requests only', () => {
  const texts = [
    'GET /users/42/orders/0198c7de-7f',
    'GET /feedback/deadbeef',
    'POST /v1/order-4',
    'at /srv/app2/main.ts:7:3',
    'MGET /a/1',
  ];
  expect(texts.map(withoutIds)).toEqual(['GET /users/…/orders/…', texts[1], texts[2], texts[3], texts[4]]);
});

test('on a busy server there is a row and a branch for each route', async () => {
  const { stderr } = await startNode(['--import', register, program('libraries/busy.mjs')]).outcome;
  const found = stderr.matchAll(/\d+ × (?:request )?(?:GET|POST) \S+|request GET \S+/g);
  expect([...found].map(([text]) => text)).toEqual([
    '20 × GET /u/…',
    '10 × GET /slow',
    '20 × request GET /u/…',
    '10 × request GET /slow',
    'request GET /one/1',
  ]);
});
