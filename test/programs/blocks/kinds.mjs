// Blocks its loop in one way after the other, and tells what it did and what was reported, one line of JSON each.
// Arguments: THRESHOLD, and blocks as `kind:milliseconds`. The line with the comment `block: kind` is the culprit.
import { execSync, spawn } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTask, watchLoop } from '../../../dist/src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'loopscope-blocks-'));
const word = new Int32Array(new SharedArrayBuffer(4));
const total = (rows) => rows.reduce((sum, { index }) => sum + index, 0);

// Time in which this process really ran: a block does not get shorter because neighbours have the processors.
const worked = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function loop(milliseconds) {
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user < milliseconds * 1000); // block: loop
}

function compare(a, b) {
  return a - b;
}

function sort(numbers) {
  return numbers.toSorted(compare)[0]; // block: sort
}

function match(text) {
  return /^(a+)+$/.test(text); // block: match
}

function replace(text) {
  return text.replace(/^(a+)+$/, ''); // block: replace
}

function parse(text) {
  const rows = JSON.parse(text); // block: parse
  return total(rows);
}

function stringify(rows) {
  const text = JSON.stringify(rows); // block: stringify
  return total([{ index: text.length }]);
}

function command(milliseconds) {
  return execSync(`sleep ${milliseconds / 1000}`); // block: command
}

function read(file) {
  const text = readFileSync(file, 'utf8'); // block: read
  return total([{ index: text.length }]);
}

function derive(iterations) {
  const key = pbkdf2Sync('password', 'salt', iterations, 32, 'sha256'); // block: derive
  return total([{ index: key.length }]);
}

function compress(bytes) {
  return gzipSync(bytes, { level: 9 }); // block: compress
}

function wait(milliseconds) {
  return Atomics.wait(word, 0, 0, milliseconds); // block: wait
}

async function step() {
  let sum = 0;
  for (let index = 0; index < 100; index++) sum += index;
  return sum;
}

async function storm(milliseconds) {
  const end = worked() + milliseconds;
  while (worked() < end) {
    for (let count = 0; count < 100; count++) await step(); // block: storm
  }
}

async function ticks(milliseconds) {
  const end = worked() + milliseconds;
  await new Promise((resolve) => {
    function tick() {
      if (worked() < end) process.nextTick(tick); // block: ticks
      else resolve();
    }
    tick();
  });
}

/** As much as takes so long: doubled until it does for an eighth of that, and then in proportion. */
function sized(milliseconds, make, use) {
  for (let size = 1000; ; size *= 2) {
    const made = make(size);
    const from = worked();
    use(made);
    const took = worked() - from;
    if (took >= milliseconds / 8) return make(Math.ceil((size * milliseconds) / took));
  }
}

/** One character more doubles the time. */
function backtracking(milliseconds) {
  for (let size = 15; ; size++) {
    const text = `${'a'.repeat(size)}b`;
    const from = worked();
    match(text);
    const took = worked() - from;
    if (took >= 4) return `${'a'.repeat(size + Math.ceil(Math.log2(milliseconds / took)))}b`;
  }
}

/** A pipe to which somebody writes so long after they were told to. The writer is there already: starting it blocks, too. */
function latePipe(milliseconds, index) {
  const [file, start] = ['pipe', 'start'].map((name) => join(folder, `${name}-${index}`));
  execSync(`mkfifo ${file} ${start}`);
  spawn('sh', ['-c', `read line < ${start}; sleep ${milliseconds / 1000}; echo text > ${file}`], { stdio: 'ignore' });
  return async () => {
    await writeFile(start, 'now\n');
    return file;
  };
}

const rowsOf = (size) => Array.from({ length: size }, (_, index) => ({ index, text: `row ${index}` }));
const itself = (milliseconds) => milliseconds;
const kinds = {
  loop: { kind: 'javascript', run: loop, prepare: itself },
  sort: {
    kind: 'javascript',
    run: sort,
    prepare: (ms) => sized(ms, (size) => Array.from({ length: size }, (_, i) => (i * 7919) % size), sort),
  },
  match: { kind: 'regular expression', run: match, prepare: backtracking },
  replace: { kind: 'regular expression', run: replace, prepare: backtracking },
  parse: {
    kind: 'native call',
    native: 'JSON.parse',
    run: parse,
    prepare: (ms) => sized(ms, (size) => JSON.stringify(rowsOf(size)), parse),
  },
  stringify: {
    kind: 'native call',
    native: 'JSON.stringify',
    run: stringify,
    prepare: (ms) => sized(ms, rowsOf, stringify),
  },
  command: { kind: 'native call', native: 'execSync', run: command, prepare: itself },
  read: { kind: 'native call', native: 'readFileSync', run: read, prepare: latePipe },
  derive: { kind: 'native call', native: 'pbkdf2Sync', run: derive, prepare: (ms) => sized(ms, itself, derive) },
  compress: {
    kind: 'native call',
    native: 'gzipSync',
    run: compress,
    prepare: (ms) => sized(ms, (size) => Buffer.alloc(size, 'loop of events'), compress),
  },
  wait: { kind: 'native call', native: 'Atomics.wait', run: wait, prepare: itself },
  storm: { kind: 'microtasks', run: storm, prepare: itself },
  ticks: { kind: 'microtasks', run: ticks, prepare: itself },
};

const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n');
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const tell = (fact) => console.log(JSON.stringify(fact));

const [threshold, ...names] = process.argv.slice(2);
const planned = names.map((name, index) => {
  const [of, milliseconds] = name.split(':');
  const { prepare, ...known } = kinds[of];
  return { of, ...known, argument: prepare(Number(milliseconds), index) };
});
const state = { watches: false, started: false };
watchLoop({
  threshold: Number(threshold),
  onBlock({ kind, native, since, durationMs, ended, stack, task }) {
    state.watches = true;
    if (!state.started) return;
    const [site] = stack;
    tell({ reported: { kind, native, since, durationMs, ended, task: task?.origin.name, ...site } });
  },
});
do {
  loop(3 * Number(threshold));
  await pause(100);
} while (!state.watches);
state.started = true;
for (const { of, kind, native = null, run, argument } of planned) {
  await pause(3 * Number(threshold));
  const ready = typeof argument === 'function' ? await argument() : argument;
  const since = performance.now();
  await createTask(() => run(ready), { name: of });
  const durationMs = performance.now() - since;
  const line = lines.findIndex((text) => text.endsWith(`// block: ${of}`)) + 1;
  tell({ truth: { of, kind, native, since, durationMs, line } });
}
await pause(3 * Number(threshold));
rmSync(folder, { recursive: true });
process.exit(); // the watchdog must not be what keeps it
