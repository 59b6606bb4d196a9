import { describe, expect, test } from 'vitest';
import { renderGitlab } from '../../src/reporters/gitlab.ts';
import type { Report } from '../../src/report/format.ts';
import { examined, failOnLeaked, hostileReport, orderService } from '../support/ci-reports.ts';

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

function read(report: Report): Issue[] {
  return JSON.parse(renderGitlab([examined(report)], failOnLeaked)) as Issue[];
}

/** The same program with lines put in above, and other numbers. */
function later(report: Report): Report {
  const text = JSON.stringify(report, (name, value: unknown) => {
    if (name === 'line') return (value as number) + 7;
    return name === 'ageMs' || name === 'forMs' ? (value as number) * 2 : value;
  });
  return { ...(JSON.parse(text) as Report), process: { ...report.process, pid: 1 } };
}

describe('code quality of GitLab', () => {
  test('has path, line and severity of every finding', () => {
    const issues = read(orderService);
    expect(issues.find(({ description }) => description.startsWith('POST /ship #5 is pending'))).toEqual({
      description:
        'POST /ship #5 is pending at exit, waits for lock ledger. ' +
        'pending for 2.0 s, created at examples/order-service.ts:60:16. ' +
        'waits for lock ledger, for 1.5 s at examples/order-service.ts:14:19. ' +
        'held by POST /refund #6 for 2.0 s, taken at examples/order-service.ts:19:17.',
      check_name: 'loopscope-leaked',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      severity: 'major',
      location: { path: 'examples/order-service.ts', lines: { begin: 60 } },
    });
    expect(issues.find(({ check_name: name }) => name === 'loopscope-wait-cycle')?.severity).toBe('minor');
  });

  test('its fingerprints tell findings apart, and stay when lines, times and pids differ', () => {
    const prints = read(orderService).map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
    expect(read(later(orderService)).map(({ fingerprint }) => fingerprint)).toEqual(prints);
  });

  test('is JSON with a path and a line for all, whatever names the program has', () => {
    const issues = read(hostileReport());
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
    expect(
      issues.filter(({ location: { path, lines } }) => path === '' || path.startsWith('/') || !(lines.begin >= 1)),
    ).toEqual([]);
  });
});
