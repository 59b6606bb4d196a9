import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { examine, type Examined } from '../../src/reporters/findings.ts';
import { renderJunit } from '../../src/reporters/junit.ts';
import { examined, failOnLeaked, hostileReport, orderService } from '../support/ci-reports.ts';
import { hostileNames } from '../support/hostile.ts';
import { reportOf, taskOf } from '../support/rule-report.ts';

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly time: string;
  readonly failure?: { readonly message: string; readonly type: string; readonly '#text': string };
  readonly skipped?: { readonly message: string; readonly '#text': string };
}

interface Suite {
  readonly [attribute: string]: unknown;
  readonly testcase: readonly Case[];
}

/** As a consumer reads it: whatever is not well-formed throws. */
function read(one: readonly Examined[]): readonly Suite[] {
  const xml = renderJunit(one, failOnLeaked);
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => name === 'testsuite' || name === 'testcase',
    parseTagValue: false,
    processEntities: { maxTotalExpansions: 1e9, maxExpandedLength: 1e9 },
  });
  return (parser.parse(xml) as { testsuites: { testsuite: readonly Suite[] } }).testsuites.testsuite;
}

describe('JUnit', () => {
  test('names the suite by the script, whatever is in its name', () => {
    const command = '/app/order service.js --port 80';
    const of = (fields: object): unknown => read([examine(reportOf({ process: { command, ...fields } }))])[0]?.['name'];
    expect([of({ script: '/app/order service.js' }), of({})]).toEqual(['order service.js', 'order']);
  });

  test('has a suite for a process, a failure for what fails the build, and what does not is skipped', () => {
    const [suite] = read([examined(orderService)]);
    expect(suite).toMatchObject({
      name: 'examples/order-service.ts',
      hostname: 'localhost',
      timestamp: '2026-11-20T12:00:00',
      errors: '0',
      failures: '6',
    });
    const cases = suite?.testcase ?? [];
    expect(cases.filter(({ failure }) => failure !== undefined).map(({ name }) => name)).toEqual([
      'leaked: mailer',
      'leaked: POST /ship',
      'leaked: POST /refund',
      'leaked: retry send mail',
      'leaked: POST /order-4',
      'leaked: POST /order-5',
    ]);
    expect(suite).toMatchObject({ tests: String(cases.length), skipped: String(cases.length - 6) });
    const ship = cases.find(({ name }) => name === 'leaked: POST /ship');
    expect(ship?.failure).toEqual({
      message: 'POST /ship #5 is pending at exit, waits for lock ledger',
      type: 'leaked',
      '#text': `POST /ship #5 is pending at exit, waits for lock ledger
  at examples/order-service.ts:60:16
  pending for 2.0 s, created at examples/order-service.ts:60:16
  waits for lock ledger, for 1.5 s at examples/order-service.ts:14:19
  held by POST /refund #6 for 2.0 s, taken at examples/order-service.ts:19:17`,
    });
    const cycle = cases.find(({ name }) => name.startsWith('wait-cycle'));
    expect(cycle?.skipped?.message).toMatch(/^2 tasks wait for each other for 1\.5 s/);
  });

  test('has attributes and elements that the schemas of Jenkins and Ant both know, in their order', () => {
    const xml = renderJunit([examined(orderService)], failOnLeaked);
    const attributesOf = (tag: string): string[] => {
      const drawn = new RegExp(`<${tag}(?![a-z])((?: [a-z]+="[^"]*")*)`).exec(xml)?.[1] ?? '';
      return Array.from(drawn.matchAll(/ ([a-z]+)=/g), ([, name]) => name as string);
    };
    expect(attributesOf('testsuites')).toEqual([]);
    expect(attributesOf('testsuite').toSorted()).toEqual(
      ['errors', 'failures', 'hostname', 'id', 'name', 'package', 'skipped', 'tests', 'time', 'timestamp'].toSorted(),
    );
    expect(attributesOf('testcase')).toEqual(['name', 'classname', 'time']);
    expect(attributesOf('failure')).toEqual(['message', 'type']);
    const elements = Array.from(xml.matchAll(/^ {4}<([a-z-]+)/gm), ([, name]) => name as string);
    expect([...new Set(elements)]).toEqual(['properties', 'testcase', 'system-out', 'system-err']);
  });

  test('a test of a runner is one case with all that was found, below its file', () => {
    const report = reportOf({
      reason: 'test',
      process: { directory: '/app' },
      tasks: [taskOf(1, 'book'), taskOf(2, 'ship')],
      test: {
        runner: 'vitest',
        problem: 'leaked',
        file: '/app/test/orders.test.ts',
        name: 'orders > are booked',
        line: 12,
        column: 3,
        ranMs: 1234,
        timeoutMs: null,
      },
    });
    const [suite] = read([
      examine(report),
      examine({
        ...report,
        test: { ...(report.test as NonNullable<typeof report.test>), name: 'orders > are shipped' },
      }),
    ]);
    expect(suite).toMatchObject({ name: 'test/orders.test.ts', tests: '2', failures: '2', time: '2.468' });
    expect(suite?.testcase.map(({ name }) => name)).toEqual(['orders > are booked', 'orders > are shipped']);
    expect(suite?.testcase[0]?.failure?.['#text']).toContain('book #1 is pending at the end of the test');
    expect(suite?.testcase[0]?.failure?.['#text']).toContain('ship #2 is pending at the end of the test');
  });

  test('a run in which nothing was found is a case that passes', () => {
    expect(read([])[0]).toMatchObject({
      name: 'loopscope',
      tests: '1',
      failures: '0',
      testcase: [{ name: 'leaves nothing behind' }],
    });
    expect(read([examine(reportOf())])[0]).toMatchObject({ name: 'srv/shop/server.js', tests: '1', failures: '0' });
  });

  test('is well-formed, and of a size, whatever names the program has', () => {
    const [suite] = read([examined(hostileReport())]);
    expect(suite?.testcase.length).toBe(2 * hostileNames.length);
    expect(renderJunit([examined(hostileReport())], failOnLeaked).length).toBeLessThan(200_000);
    expect(suite?.testcase.map(({ name }) => name)).toContain('leaked: ]]>');
  });
});
