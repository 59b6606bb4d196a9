// S39: which errors are tried again, who is told of them, and how many of each kind were there?
//   node examples/error-manager.ts
//     prints `network: tried 3 times`, `validation: tried once`, `quota: tried 2 times`, `network 3, validation 1, quota 2`
//   npx loopscope run --otlp http://localhost:4318 -- examples/error-manager.ts
//     sends `attempt upload`
import { ErrorManager } from 'loopscope';

class QuotaError extends Error {}

const counts = new Map<string, number>();
const errors = new ErrorManager({
  name: 'orders',
  kinds: {
    network: { retry: { attempts: 3, delay: 2 } },
    quota: { matches: (error) => error instanceof QuotaError, retry: { attempts: 2, delay: 2 } },
  },
});
for (const kind of ['network', 'validation', 'quota']) {
  errors.on(kind, () => void counts.set(kind, (counts.get(kind) ?? 0) + 1));
}

const failures = {
  network: () => Object.assign(new Error('connect ECONNRESET'), { code: 'ECONNRESET' }),
  validation: () => new TypeError('amount must be a number'),
  quota: () => new QuotaError('no more today'),
};
for (const [kind, make] of Object.entries(failures)) {
  let tried = 0;
  await errors
    .run(
      () => {
        tried++;
        throw make();
      },
      { name: 'upload' },
    )
    .catch(() => console.log(`${kind}: tried ${tried === 1 ? 'once' : `${tried} times`}`));
}
console.log([...counts].map((entry) => entry.join(' ')).join(', '));
