// In a process of its own: what the clock does depends on the turns of the loop, and on how often it was asked before.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const clock = new URL('../../dist/src/runtime/', import.meta.url).href;

function run(body: string): unknown {
  const source = `
    const { turnTime } = await import('${clock}turn-clock.js');
    const { now } = await import('${clock}clock.js');
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const block = (milliseconds) => { const end = now() + milliseconds; while (now() < end); };
    const many = () => { for (let index = 0; index < 100; index++) turnTime(); };
    ${body}`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

test('within a turn many moments are the same, through all its microtasks', () => {
  const times = run(`
    await turn();
    many();
    const times = [turnTime()];
    for (let index = 0; index < 20; index++) { await null; times.push(turnTime()); }
    console.log(new Set(times).size);`);
  expect(times).toBe(1);
});

test('a turn begins with the time that it is, however long the loop was idle or blocked', () => {
  const late = run(`
    const late = [];
    for (let index = 0; index < 20; index++) {
      if (index % 2 === 0) many();
      turnTime();
      if (index % 3 === 0) block(5);
      await (index % 5 === 0 ? new Promise((resolve) => setTimeout(resolve, 5)) : turn());
      const before = now();
      late.push(turnTime() >= before);
    }
    console.log(JSON.stringify(late.every(Boolean)));`);
  expect(late).toBe(true);
});

test('in a turn that does not end it is read again, and it never goes back', () => {
  const steps = run(`
    await turn();
    let last = turnTime();
    let goes = true;
    const seen = new Set();
    for (let index = 0; index < 5000; index++) {
      if (index % 500 === 0) block(1);
      const time = turnTime();
      goes &&= time >= last;
      last = time;
      seen.add(time);
    }
    console.log(JSON.stringify([goes, seen.size > 5 && seen.size < 100]));`);
  expect(steps).toEqual([true, true]);
});
