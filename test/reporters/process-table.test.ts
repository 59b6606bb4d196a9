import { expect, test } from 'vitest';
import type { ListedProcess } from '../../src/report/processes.ts';
import { processTable } from '../../src/reporters/process-table.ts';

function entry(change: Partial<ListedProcess>): ListedProcess {
  return {
    format: 'loopscope-process',
    version: 1,
    pid: 42,
    innerPid: 42,
    user: { id: 1000, name: 'node' },
    node: '24.21.0',
    uptimeMs: 90_000,
    busy: 0.034,
    residentBytes: 81_400_000,
    command: 'server.js --port 80',
    refusal: null,
    ...change,
  };
}

test('processes of one user, one of them in a container', () => {
  const long = '/srv/app/dist/server.js --config=/etc/server.json';
  expect(
    processTable([entry({}), entry({ pid: 4242, innerPid: 1, busy: 1, residentBytes: 2_372_000_000, command: long })]),
  ).toBe(
    [
      '     PID NODE          UP   CPU MEMORY READ COMMAND',
      '      42 24.21.0 1 m 30 s   3 %  81 MB yes  server.js --port 80',
      '4242 (1) 24.21.0 1 m 30 s 100 % 2.4 GB yes  …/server.js --config=/etc/server.js…',
      '',
    ].join('\n'),
  );
});

test('processes of several users, of which little is known, and whose command is long and wicked', () => {
  const unknown = { node: '', uptimeMs: null, busy: null, residentBytes: null, command: 'a\n\x1b[2J'.padEnd(90, 'x') };
  const refusal = { brief: 'user root', sentence: '' };
  expect(processTable([entry({}), entry({ user: { id: 0, name: 'root' }, ...unknown, refusal })], { width: 80 })).toBe(
    [
      'PID USER NODE          UP CPU MEMORY READ          COMMAND',
      ' 42 node 24.21.0 1 m 30 s 3 %  81 MB yes           server.js --port 80',
      ' 42 root                             no: user root a\\n\\u{1b}[2Jxxxxxxxxxxxxxxxx…',
      '',
    ].join('\n'),
  );
});
