import { test } from 'node:test';
import { createTask, Lock, sleep } from 'loopscope';
import { expectNoPending } from 'loopscope/node-test';

const stock = new Lock({ name: 'stock' });

test('ends soon', async () => {
  createTask(() => sleep(20), { name: 'soon' });
  await expectNoPending();
});
test('ignores', async () => {
  createTask(() => sleep(60_000).catch(() => {}), { name: 'cache refresh' });
  await expectNoPending({ ignore: 'cache *', timeout: 50 });
});
test('leaves', async () => {
  await stock.acquire();
  createTask(() => sleep(60_000), { name: 'mailer' });
  await expectNoPending({ timeout: 50 });
});
