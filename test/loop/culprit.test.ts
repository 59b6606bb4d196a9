import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findCulprit, isStart } from '../../src/loop/culprit.ts';
import type { Frame } from '../../src/runtime/frames.ts';
import type { Sample } from '../../src/loop/probe.ts';

/** A frame of the program; of Node or of the engine as their names say. */
function frame(name: string, line: number): Frame {
  const file = name.includes('.') ? null : line < 0 ? 'node:fs' : '/program/main.js';
  return { file, line: Math.abs(line), column: 1, function: name, startLine: 0, startColumn: 0, awaits: false };
}

const listOnTimeout: Frame = { ...frame('listOnTimeout', -500), file: 'node:internal/timers' };

/** Looks at these moments, each with the frames above a timer, innermost first. */
function looks(...each: readonly (readonly [at: number, ...frames: Frame[]])[]): Sample[] {
  return each.map(([at, ...frames], round) => ({
    at,
    late: false,
    round,
    frames: [...frames, listOnTimeout],
    task: null,
    callback: 7,
    drained: false,
  }));
}

function culpritOf(samples: readonly Sample[]): unknown[] {
  const { kind, native, stack } = findCulprit(samples, 0);
  return [kind, native, stack[0]?.function, stack[0]?.line];
}

/** A file with this text, for as long as the test runs. */
function sourceOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'loopscope-culprit-')), 'main.js');
  onTestFinished(() => rmSync(dirname(file), { recursive: true }));
  writeFileSync(file, `${text}\n`);
  return file;
}

describe('the culprit is', () => {
  test('the line at which all looks agree, however deep they are below it', () => {
    const work = frame('work', 10);
    const samples = looks([100, frame('first', 1), work], [150, frame('second', 2), work], [220, work]);
    expect(culpritOf(samples)).toEqual(['javascript', null, 'work', 10]);
  });

  test('the function, if its lines differ', () => {
    const samples = looks([100, frame('work', 10)], [150, frame('work', 11)], [220, frame('work', 12)]);
    expect(culpritOf(samples).slice(0, 3)).toEqual(['javascript', null, 'work']);
  });

  test('the function, if its lines differ and its caller is at the same line at all looks', () => {
    const caller = frame('caller', 50);
    const samples = looks([100, frame('work', 10), caller], [150, frame('work', 11), caller], [220, caller]);
    expect(culpritOf(samples)).toEqual(['javascript', null, 'work', 10]);
  });

  test('the caller, if it calls several functions without a name', () => {
    const caller = frame('caller', 50);
    const [one, two, three] = [10, 20, 30].map((line) => ({ ...frame('', line), startLine: line }));
    const samples = looks([100, one as Frame, caller], [200, two as Frame, caller], [300, three as Frame, caller]);
    expect(culpritOf(samples)).toEqual(['javascript', null, 'caller', 50]);
  });

  test.each([
    ['the function that its caller has called alone since', 'clone(data); log();', 11, 'clone'],
    ['the caller, if it may have been another', 'clone(data); data.join(); log();', 27, 'main'],
  ])('%s, where the engine could not be interrupted until it had returned', (_, text, column, name) => {
    const file = sourceOf(text);
    const main = { ...frame('main', 1), file };
    const samples = looks([100, frame('clone', 10), main], [500, { ...main, column: column + 3 }]);
    const late = samples.map((sample) => ({ ...sample, late: sample.at > 100 }));
    expect(culpritOf(late).slice(0, 3)).toEqual(['javascript', null, name]);
  });

  test('what most of the time went to, not what came after', () => {
    const samples = looks([300, frame('long', 10)], [302, frame('short', 20)], [304, frame('short', 20)]);
    expect(culpritOf(samples)).toEqual(['javascript', null, 'long', 10]);
  });

  test('the call before the line at which the engine could be interrupted again', () => {
    const file = sourceOf('const copy = clone(data);\n// next\nlog(copy);');
    const samples = looks([500, { ...frame('main', 3), file, startLine: 1, startColumn: 1 }]);
    const late = samples.map((sample) => ({ ...sample, late: true }));
    expect(culpritOf(late)).toEqual(['javascript', null, 'main', 1]);
  });

  test('a regular expression, if the engine matches one, and not Node for itself', () => {
    const samples = looks([100, frame('RegExp.test', 0), frame('check', 5)]);
    expect(culpritOf(samples)).toEqual(['regular expression', null, 'check', 5]);
    const ofNode = looks([100, frame('RegExp.test', 0), frame('createHash', -8), frame('check', 5)]);
    expect(culpritOf(ofNode)).toEqual(['javascript', null, 'check', 5]);
  });

  test('a native call, if Node was in one that could not be interrupted', () => {
    const samples = looks([300, frame('closeSync', -9), frame('readFileSync', -8), frame('load', 5)]);
    const late = samples.map((sample) => ({ ...sample, late: true }));
    expect(culpritOf(late)).toEqual(['native call', 'readFileSync', 'load', 5]);
  });

  test('a storm of promise callbacks, if their queue moves on at each look', () => {
    const samples = looks([100, frame('spin', 3)], [101, frame('spin', 3)], [150, frame('spin', 3)]);
    const storm = samples.map((sample, index) => ({ ...sample, frames: [frame('spin', 3)], drained: index > 0 }));
    expect(culpritOf(storm)).toEqual(['microtasks', null, 'spin', 3]);
  });

  test('no storm, if one long callback follows another', () => {
    const samples = looks([100, frame('first', 3)], [150, frame('second', 9)], [300, frame('second', 9)]);
    const two = samples.map((sample, index) => ({
      ...sample,
      frames: sample.frames.slice(0, 1),
      drained: index === 1,
    }));
    expect(culpritOf(two)).toEqual(['javascript', null, 'second', 9]);
  });

  test('unknown, if nothing was seen but what loopscope does after native code, and its own if that is all', () => {
    const ours: Frame = { ...frame('give', 3), file: new URL('../../src/process/start.ts', import.meta.url).pathname };
    const samples = looks([300, ours]);
    expect(findCulprit(samples, 0)).toMatchObject({ kind: 'unknown', own: true });
    const late = samples.map((sample) => ({ ...sample, late: true }));
    expect(findCulprit(late, 0)).toMatchObject({ kind: 'unknown', own: false });
  });

  test('unknown, if nothing of the program was seen', () => {
    expect(culpritOf(looks([100], [150]))).toEqual(['unknown', null, undefined, undefined]);
    expect(culpritOf([])).toEqual(['unknown', null, undefined, undefined]);
  });
});

test('the start of a program is told from what it loads later, and from what it does', () => {
  const run: Frame = { ...frame('run', -40), file: 'node:internal/modules/esm/module_job' };
  const entry: Frame = { ...frame('', -101), file: 'node:internal/modules/run_main', awaits: true };
  const sample = (...frames: Frame[]): Sample => ({ ...(looks([1])[0] as Sample), frames });
  const main = frame('', 3);
  expect(isStart([sample(main, run, entry), sample(run, entry), sample()])).toBe(true);
  expect(isStart([sample(main, run, { ...main, awaits: true })])).toBe(false);
  expect(isStart([sample(main, entry)])).toBe(false);
  expect(isStart([])).toBe(false);
});
