// What keeps a program from ending that was given a time to end: the part of unclosed-resource that needs one handle.
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/format.ts';
import type { HandleEntry } from '../../src/report/handles.ts';
import { awaitProgram, siteOf } from '../support/await-report.ts';
import { messagesOf, reportOf, taskOf, warningsOf } from '../support/rule-report.ts';

const server: HandleEntry = {
  kind: 'server',
  detail: '127.0.0.1:3000',
  refed: true,
  keepsAlive: true,
  ageMs: 2000,
  at: siteOf('src/probe.ts:12'),
  through: null,
  callback: null,
  task: { id: 2, name: 'probe' },
};
const poll = siteOf('src/poll.ts:3', 'poll');
const interval = { kind: 'interval', detail: 'every 1.0 s', at: null, callback: poll, task: null } as const;
const outgoing = { kind: 'outgoing', detail: 'to db:5432', at: siteOf('src/db.ts:8'), task: null } as const;
const incoming = { kind: 'incoming', detail: 'from 10.0.0.1', task: null } as const;

function open(entries: readonly Partial<HandleEntry>[], fields: Partial<Report> = {}): Report {
  const handles = { exact: false, sites: [], dropped: 0, unseen: [] };
  return reportOf({
    reason: 'timeout',
    handles: { ...handles, entries: entries.map((entry) => ({ ...server, ...entry })) },
    ...fields,
  });
}

describe('unclosed-resource at the timeout', () => {
  test('names the line, the task, and what it did not do', () => {
    expect(warningsOf('unclosed-resource', open([{}]))).toEqual([
      {
        rule: 'unclosed-resource',
        message:
          'server 127.0.0.1:3000, made at src/probe.ts:12 in probe #2, which has ended, was never closed, and keeps the ' +
          'program alive, which has nothing else to do.',
        advice: 'Close it, in a finally block: server.close().',
        site: siteOf('src/probe.ts:12'),
        task: { id: 2, name: 'probe' },
        resource: null,
        count: 1,
        value: 1,
      },
    ]);
  });

  test.each<[Partial<HandleEntry>, string]>([
    [interval, 'interval every 1.0 s, which calls poll at src/poll.ts:3, was never cleared'],
    [{ ...interval, at: siteOf('src/poll.ts:9') }, 'interval every 1.0 s, made at src/poll.ts:9, was never cleared'],
    [
      { ...outgoing, through: siteOf('node_modules/pg/lib/connection.js:45') },
      'connection to db:5432, made at src/db.ts:8 by pg, was never closed',
    ],
    [{ ...server, kind: 'worker', detail: 'thread 1', task: null }, 'worker thread 1, made at'],
    [{ ...server, kind: 'child', detail: 'sleep 60 (pid 7)', task: null }, 'child process sleep 60 (pid 7), made at'],
    [
      { ...server, kind: 'watcher', detail: '/etc', task: null },
      'watcher /etc, made at src/probe.ts:12, was never closed',
    ],
    [incoming, 'connection from 10.0.0.1, accepted by the server of src/probe.ts:12, was never closed'],
  ])('of %j says %j', (entry, start) => {
    expect(messagesOf('unclosed-resource', open([entry]))).toEqual([expect.stringMatching(`^${escaped(start)}`)]);
  });

  test('says equal ones once', () => {
    expect(messagesOf('unclosed-resource', open([outgoing, outgoing, outgoing]))).toEqual([
      '3 connections to db:5432, made at src/db.ts:8, were never closed, and keep the program alive, which has nothing else to do.',
    ]);
  });

  const waiting = awaitProgram();
  waiting.call('main', waiting.leaf('socket'));
  test.each<[string, number, Report]>([
    ['of a program that was asked while it ran', 0, open([{}], { reason: 'signal' })],
    ['of one that was interrupted', 0, open([{}], { reason: 'interrupt' })],
    ['while a task is pending', 0, open([{}], { tasks: [taskOf(9, 'serve')] })],
    ['while a function waits', 0, open([{}], { awaits: waiting.report() })],
    ['of what does not keep it alive', 0, open([{ keepsAlive: false }])],
    ['of which nobody knows where it was made', 0, open([{ at: null }])],
    ['of what ends by itself', 0, open([{ kind: 'request' }])],
    ['of a server to which somebody is connected', 0, open([{}, incoming])],
    ['of a server to which only the program is connected', 2, open([{}, incoming, outgoing])],
  ])('%s: %i', (_, warnings, report) => {
    expect(warningsOf('unclosed-resource', report)).toHaveLength(warnings);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[()]/g, String.raw`\$&`);
}
