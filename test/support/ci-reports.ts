// Reports as those who draw findings for continuous integration get them.
import { readFileSync } from 'node:fs';
import type { CiOptions } from '../../src/reporters/ci-place.ts';
import type { Report } from '../../src/report/format.ts';
import { examine, type Examined } from '../../src/reporters/findings.ts';
import { findWarnings } from '../../src/rules/index.ts';
import { hostileNames } from './hostile.ts';
import { reportOf, resourceOf, taskOf } from './rule-report.ts';

/** With a wait cycle, a retry, a queue that is full, and a block. */
export const orderService = JSON.parse(
  readFileSync(new URL('../golden/order-service.json', import.meta.url), 'utf8'),
) as Report;

/** What is leaked fails the build. */
export const failOnLeaked: CiOptions = { root: '/app', fails: ({ rule }) => rule === 'leaked' };

/** With what the rules say of it. */
export function examined(report: Report): Examined {
  return examine({ ...report, warnings: report.warnings ?? findWarnings(report) });
}

/** Names of tasks, resources, files, functions, commands and errors that are markup somewhere. */
export function hostileReport(): Report {
  const resources = hostileNames.map((name, index) =>
    resourceOf(500 + index, name, { kind: 'lock', permits: 1, held: 1, waiters: 1 }),
  );
  const tasks = hostileNames.map((name, index) => {
    const site = { file: `/app/${name}.ts`, line: index + 1, column: 1, function: name, exact: true };
    const on = { type: 'resource', id: 500 + index, kind: 'lock', name } as const;
    return taskOf(index + 1, name, {
      createdAt: site,
      createdBy: { id: 999, name },
      progress: index % 2 === 0 ? null : { attempt: 1, limit: 2, lastError: name, nextInMs: 5 },
      waits: [{ kind: 'acquire', on, forMs: 5, leftMs: null, at: site }],
    });
  });
  const warning = { advice: hostileNames[0] as string, site: null, task: null, resource: null, count: 1, value: null };
  return reportOf({
    reason: 'exit',
    process: { command: hostileNames.join(' '), directory: '/app', node: '<b>24</b>', exitCode: 0 },
    tasks,
    resources,
    cycles: [
      { steps: [{ task: 1, waitsFor: { type: 'resource', id: 500, kind: 'lock', name: hostileNames[0] as string } }] },
    ],
    notes: [...hostileNames],
    warnings: hostileNames.map((message) => ({ ...warning, rule: 'wait-cycle', message })),
  });
}
