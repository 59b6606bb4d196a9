import { afterEach, expect, onTestFinished, test } from 'vitest';
import { createTask, ProcessExecutor, ThreadExecutor } from '../../src/index.ts';
import { extract, inject, setCarrier } from '../../src/runtime/carrier.ts';
import { rootTask } from '../../src/runtime/context.ts';
import { expectNothingLeft } from '../support/turn.ts';

afterEach(async () => {
  setCarrier(null);
  await expectNothingLeft();
});

test('without a carrier nothing crosses, and the function is called all the same', () => {
  expect([inject(rootTask), extract(null, () => 1), extract({ trace: 'x' }, () => 2)]).toEqual([null, 1, 2]);
});

test('what is injected for a task is what the function is called inside of', () => {
  const inside: string[] = [];
  setCarrier({
    inject: ({ origin }) => ({ from: origin.name }),
    extract(carrier, run) {
      inside.push(carrier['from'] ?? '');
      return run();
    },
  });
  expect([extract(inject(rootTask), () => inside.join()), extract(null, () => 'bare')]).toEqual(['(main)', 'bare']);
});

test('a carrier that throws is taken away, and the program goes on', () => {
  setCarrier({
    inject() {
      throw new Error('broken');
    },
    extract: (_carrier, run) => run(),
  });
  expect([inject(rootTask), inject(rootTask)]).toEqual([null, null]);
});

test.for([
  ['thread', () => new ThreadExecutor({ workers: 1 })],
  ['process', () => new ProcessExecutor({ workers: 1 })],
] as const)('in a %s the function runs inside of what was injected for its job', async ([, make]) => {
  const executor = make();
  onTestFinished(() => executor.close());
  const module = new URL('../../src/runtime/carrier.ts', import.meta.url).href;
  // whoever makes spans sets the carrier in the worker too: here a first job does
  await executor.run(
    async (url: string) => {
      const { setCarrier: set } = (await import(url)) as { readonly setCarrier: typeof setCarrier };
      set({
        inject: () => null,
        extract(carrier, run) {
          (globalThis as { carried?: unknown }).carried = carrier;
          return run();
        },
      });
    },
    [module],
  );
  setCarrier({
    inject: ({ origin, parent }) => ({ job: origin.name, below: parent?.origin.name ?? '' }),
    extract: (_, run) => run(),
  });
  const carried = await createTask(
    () => executor.run(() => (globalThis as { carried?: unknown }).carried, [], { name: 'resize' }),
    { name: 'upload' },
  );
  expect(carried).toEqual({ job: 'resize', below: 'upload' });
});
