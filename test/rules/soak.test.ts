// No rule warns of a healthy service under load, in every report that is asked for meanwhile and at its end.
// For a minute instead of some seconds: SOAK_SECONDS=60 npx vitest run test/rules/soak.test.ts
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';
import { expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import { rules } from '../../src/rules/index.ts';
import { program, startLoopscope } from '../support/cli.ts';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 4);
const everyMs = seconds > 10 ? 5000 : 1500;
const paths = ['/', '/users/1', '/users/2', '/prices', '/upstream', '/many'] as const;

test(
  `a healthy service has no warning in ${seconds} s under load`,
  { timeout: (2 * seconds + 50) * 1000 },
  async () => {
    const words = ['run', '--format', 'json', '--', program('rules/healthy.ts')];
    const service = startLoopscope(words, { limitMs: (2 * seconds + 40) * 1000 });
    let stdout = '';
    service.child.stdout?.on('data', (text: string) => (stdout += text));
    await service.printed('http://');
    const url = stdout.trim();
    const events = [get(`${url}/events`), get(`${url}/events`)];
    for (const each of events) each.on('error', () => {}).on('response', (response) => response.resume());
    const polls = autocannon({ url: `${url}/news`, connections: 3, duration: seconds });
    const load = autocannon({
      url,
      connections: 10,
      duration: seconds,
      requests: [
        ...paths.map((path) => ({ method: 'GET', path }) as const),
        { method: 'POST', path: '/orders' },
        { method: 'POST', path: '/upload' },
      ],
    });
    for (let passed = everyMs; passed < seconds * 1000; passed += everyMs) {
      await pause(everyMs);
      service.child.kill('SIGUSR2');
    }
    const { requests, '2xx': answered } = await load;
    await polls;
    service.child.kill('SIGUSR2');
    await pause(everyMs); // idle again
    service.child.kill('SIGTERM');
    const { stderr, code } = await service.outcome;
    const reports = stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Report] : []));
    const found = reports.flatMap(({ warnings = [] }) => warnings.map(({ rule, message }) => `${rule}: ${message}`));
    const others = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{') && !isSlow(line));
    if (seconds > 10)
      process.stdout.write(`${requests.total} requests, ${reports.length} reports, ${rules.length} rules\n`);
    expect({ found, others, code }).toEqual({ found: [], others: [], code: 0 });
    expect(answered).toBeGreaterThan(requests.total * 0.95);
    expect(requests.total).toBeGreaterThan(seconds * 20);
    expect(reports.length).toBeGreaterThan(1);
  },
);

/** On a machine that has much else to do, a report may come late. */
function isSlow(line: string): boolean {
  return /^loopscope: pid \d+ did not report within/.test(line);
}
