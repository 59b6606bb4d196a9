// Programs that hang, as await reports.
import type { AwaitReport } from '../../src/report/awaits.ts';
import { awaitProgram, siteOf } from './await-report.ts';

/** 1,000 requests that wait for a database which never answers. */
export function hungServer(): AwaitReport {
  const { leaf, call, whenSettled, report } = awaitProgram();
  for (let request = 0; request < 1000; request++) {
    const answer = leaf('socket', '127.0.0.1:5432', ['Db.pending', 'Map', 'Object.resolve', 'resolve']);
    const handled = call('handle', call('loadUser', answer, 'src/http.js:15:16'), 'src/http.js:19:16');
    whenSettled(call('', handled, 'src/http.js:24:5'), siteOf('src/router.js:8:3', 'dispatch'));
  }
  return report();
}

/** A shop in trouble: timers, combinators, a lost resolver, a wait cycle, a shared promise, workers, and Node above all. */
export function shop(): AwaitReport {
  const { leaf, call, join, promise, settle, report } = awaitProgram();
  const task = (id: number, name: string) => ({ task: { id, name, ageMs: 1000 * id } });

  const rates = call('refreshRates', leaf('fetch', '', ['globalThis.rates', 'resolve']), 'src/rates.ts:31:20');
  for (let order = 0; order < 980; order++) {
    const priced = call('Price.of', rates, 'src/price.ts:12:9');
    const [bought, sold] = [
      leaf('socket', `10.0.0.7:${40_000 + order}`, [`Pool.busy`, `Array[${order % 10}]`, 'resolve']),
      leaf('timer', `${(3.1 + (order % 68) / 10).toFixed(1)} s left`, ['Timeout._onTimeout', 'resolve']),
    ];
    const stored = call('Repo.store', bought, 'src/repo.ts:40:7');
    const both = join('all', [priced, stored, call('pause', sold, 'src/pause.ts:2:3')], 4);
    call('placeOrder', both, 'src/orders.ts:77:3', task(order + 1, 'POST /order'));
  }

  for (let mail = 0; mail < 6; mail++) {
    call('mailer', call('sendMail', leaf('unknown', '', [], 'none'), 'src/mail.ts:9:11'), 'src/mail.ts:20:5', {
      thread: 1 + (mail % 2),
    });
  }

  const closing = leaf('other');
  const left = call('ship', closing, 'src/ship.ts:5:3');
  const right = call('refund', left, 'src/ship.ts:11:3');
  settle(closing, { type: 'follows', promise: right });

  const module = call(
    '',
    call('listen', leaf('event', 'event "listening"', ['Server._events', 'listening', 'resolve']), 'src/server.ts:8:3'),
    'src/main.ts:3:1',
    { kind: 'module' },
  );
  const evaluation = promise({ type: 'module', promises: [module] });
  call('asyncRunEntryPointWithESMLoader', evaluation, 'node:internal/modules/run_main:105:5');

  return report({
    threads: [
      { id: 0, name: 'main' },
      { id: 1, name: 'worker 1' },
      { id: 2, name: 'worker 2' },
    ],
    reading: {
      via: 'memory',
      tookMs: 512,
      stoppedMs: 210,
      bytes: 412_300_000,
      attempts: 2,
      changed: 3,
      settlers: true,
    },
    notes: ['2 promises have settlers beyond 12 steps, which is as far as was looked.'],
  });
}
