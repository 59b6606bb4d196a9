// An application of many libraries, each of them stuck in its own way: the report names every one, by the application's lines.
import { expect, test } from 'vitest';
import { register } from '../support/cli.ts';
import { stuckIn } from '../support/libraries.ts';

const programs = [
  { file: 'warehouse.mjs', mails: 49, label: 54 },
  { file: 'warehouse.cjs', mails: 50, label: 55 }, // its main function begins on a line of its own
];
const ours = ['--import', register];
const loaders = [
  { name: 'Node', flags: ours },
  { name: 'tsx after loopscope', flags: [...ours, '--import', 'tsx'] },
  { name: 'tsx before loopscope', flags: ['--import', 'tsx', ...ours] },
];

test.for(programs.flatMap((program) => loaders.map((loader) => ({ ...program, ...loader }))))(
  'all that is stuck in $file, loaded by $name, is named by its own lines',
  async ({ file, mails, label, flags }) => {
    const lines = await stuckIn(file, {}, flags);
    const waitsForMutex = `acquire async-mutex ${file}:10 at ${file}:28`;
    const waitsForScanner = `acquire generic-pool ${file}:11 at ${file}:33`;
    const mail = `job p-queue ${file}:9 at ${file}:${mails}`;
    const print = `job bottleneck ${file}:${label} at ${file}:${label}`;
    const rates = `retry p-retry ${file}:41 at ${file}:41, attempt 1 of 10 after Error: connect ECONNREFUSED 10.0.0.7:443`;
    expect(lines).toEqual([
      `task (main) at nowhere: ${[...repeat(3, waitsForMutex), ...repeat(2, waitsForScanner)].join(' and ')}`,
      ...repeat(2, `${mail}: pending`),
      ...repeat(3, `${mail}: start p-queue ${file}:9 at ${file}:${mails}`),
      `${print}: pending`,
      ...repeat(19, `${print}: acquire bottleneck ${file}:13 at ${file}:${label}`),
      ...repeat(3, `${rates}: delay at ${file}:41`),
      `queue p-queue ${file}:9 at ${file}:9 · 3 in it · 2 taken and not done · ${repeat(2, `held by p-queue ${file}:9 at ${file}:${mails}`).join(' · ')}`,
      `lock async-mutex ${file}:10 at ${file}:10 · 3 waiting · held by (main) at ${file}:24`,
      `pool generic-pool ${file}:11 at ${file}:11 · 2 of 2 borrowed · 2 waiting · ${repeat(2, `held by (main) at ${file}:33`).join(' · ')}`,
      `breaker opossum bookCarrier at ${file}:12 · open for … · 3 of 3 calls failed · last error: Error: no carrier for order 3 · next probe in …`,
      `limiter bottleneck ${file}:13 at ${file}:13 · 1 of 1 used · 19 waiting · held by bottleneck ${file}:${label} at ${file}:${label}`,
    ]);
  },
);

function repeat(count: number, line: string): string[] {
  return Array.from({ length: count }, () => line);
}
