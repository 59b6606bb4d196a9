// Who holds the mutex, and what is p-queue stuck on? Two libraries that know nothing of loopscope, wrapped in one line each.
//   npx loopscope run -- examples/wrapped-libraries.ts
//     reports `lock template`, `queue mails`
import { Mutex } from 'async-mutex';
import { wrapLock, wrapQueue, wrapTask } from 'loopscope';
import PQueue from 'p-queue';

const mails = wrapQueue(new PQueue({ concurrency: 2 }), { name: 'mails' });
const template = wrapLock(new Mutex(), { name: 'template' });

const render = wrapTask(async function render(order: number) {
  const release = await template.acquire();
  const text = `Order ${order} is on its way`;
  if (order === 2) return text; // the mistake: a way out that does not release
  release();
  return text;
});

const send = wrapTask(async function send(order: number) {
  const text = await render(order);
  console.log(`sent: ${text}`);
});

// The second mail leaves the mutex locked. The third and the fourth wait for it and fill the queue, so the rest never start.
for (let order = 1; order <= 6; order++) {
  void mails.add(function sendMail() {
    return send(order);
  });
}
await mails.onIdle();
console.log('all mails are sent');
