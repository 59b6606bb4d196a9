// `loopscope run --prometheus` and LOOPSCOPE_PROMETHEUS, as somebody sees them who asks for /metrics.
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { kill, loopscope, program, register, startLoopscope, startNode, type Run } from '../support/cli.ts';

const host = '127.0.0.1';
const addressLine = /metrics are at (http:\S+)/;

/** Waits until it says where its metrics are, and gives back the address. */
async function addressOf(run: Run): Promise<string> {
  onTestFinished(() => kill(run));
  let text = '';
  run.child.stderr?.on('data', (part: string) => (text += part));
  await run.printed('/metrics');
  return addressLine.exec(text)?.[1] ?? '';
}

/** The values of a metric, each with the labels that tell it from others. */
async function valuesOf(url: string, name: string): Promise<string[]> {
  const text = await (await fetch(url)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => line.replaceAll(/,?process_pid="\d+"/g, '').replaceAll('loopscope_', ''));
}

/** Runs a script of these words under `run`, and stays. */
function runScript(script: string, options: readonly string[] = []): Run {
  return startLoopscope(['run', ...options, '--', process.execPath, '--input-type=module', '--eval', script], {
    group: true,
  });
}

const stay = 'setInterval(() => {}, 1000);';
const task = (name: string): string =>
  `const { createTask } = await import('loopscope'); createTask(() => new Promise(() => {}), { name: '${name}' });`;

test('port 0 takes any and says which; there are the metrics of every process of the run', async () => {
  const child = `${task('in the child')} ${stay}`;
  const parent = `import { spawn } from 'node:child_process';
    ${task('in the parent')}
    spawn(process.execPath, ['--input-type=module', '--eval', ${JSON.stringify(child)}], { stdio: 'inherit' });
    ${stay}`;
  const url = await addressOf(runScript(parent, ['--prometheus', '0']));
  await expect
    .poll(() => valuesOf(url, 'loopscope_task_active'), { timeout: 30_000 })
    .toEqual(
      expect.arrayContaining([
        'task_active{task_name="in the parent",task_kind="task"} 1',
        'task_active{task_name="in the child",task_kind="task"} 1',
      ]),
    );
  expect(await valuesOf(url, 'loopscope_process_up')).toEqual(['process_up{} 1', 'process_up{} 1']);
});

test('a process whose loop is blocked is said not to be up', async () => {
  const url = await addressOf(
    runScript(`${task('busy')} setTimeout(() => { for (;;); }, 500);`, ['--prometheus', '0']),
  );
  await expect.poll(() => valuesOf(url, 'loopscope_process_up'), { timeout: 30_000 }).toEqual(['process_up{} 0']);
  expect(await valuesOf(url, 'loopscope_task_active')).toEqual([]);
});

test('a port that is in use costs one line, and nothing keeps the program from running to its end', async () => {
  const other = createServer().listen(0, host);
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, stdout, stderr } = await loopscope(['run', '--prometheus', String(port), '--', program('clean.ts')]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'clean\n' });
  expect(stderr).toBe(`loopscope: metrics are not served: port ${port} of 127.0.0.1 is in use; it is tried again\n`);
});

test('without a supervisor a process serves its own, on whatever address it is told', async () => {
  const run = startNode(['--import', register, '--input-type=module', '--eval', `${task('alone')} ${stay}`], {
    env: { LOOPSCOPE_PROMETHEUS: '0.0.0.0:0' },
  });
  const url = await addressOf(run);
  expect(url).toMatch(/^http:\/\/0\.0\.0\.0:\d+\/metrics$/);
  await expect
    .poll(() => valuesOf(url, 'loopscope_task_active'))
    .toEqual(['task_active{task_name="alone",task_kind="task"} 1']);
  expect(await valuesOf(url, 'loopscope_process_up')).toEqual([]);
});

test('worker threads do not serve', async () => {
  const script = `import { Worker } from 'node:worker_threads';
    new Worker('setTimeout(() => {}, 300)', { eval: true }).on('exit', () => console.log('thread ended'));`;
  const { code, stdout, stderr } = await startNode(['--import', register, '--input-type=module', '--eval', script], {
    env: { LOOPSCOPE_PROMETHEUS: '0' },
  }).outcome;
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'thread ended\n' });
  expect(stderr.match(/metrics are at/g)).toHaveLength(1);
});

test('an address that is none is a mistake of the command line', async () => {
  const { code, stderr } = await loopscope(['run', '--prometheus', 'metrics', '--', program('clean.ts')]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'loopscope: --prometheus must be a port or an address such as 0.0.0.0:9464, not "metrics"\n',
  });
});
