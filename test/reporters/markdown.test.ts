import { describe, expect, test } from 'vitest';
import { examine } from '../../src/reporters/findings.ts';
import { renderMarkdown } from '../../src/reporters/markdown.ts';
import { examined, failOnLeaked, hostileReport, orderService } from '../support/ci-reports.ts';
import { hostileNames } from '../support/hostile.ts';
import { reportOf, taskOf } from '../support/rule-report.ts';

/** The part before the reports, and the reports. */
function parts(text: string): [string, string] {
  const [first = '', ...others] = text.split('<details>');
  return [first, others.join('<details>')];
}

describe('Markdown', () => {
  test('has a row for each finding, and the report to unfold', () => {
    const text = renderMarkdown([examined(orderService)], failOnLeaked);
    expect(text).toContain('## loopscope: 1 wait-cycle');
    expect(text).toContain(
      '| ❌ leaked | **<code>POST /ship #5 is pending at exit, waits for lock ledger</code>**<br><code>pending for 2.0 s, created at examples/order-service.ts:60:16</code>',
    );
    expect(text).toContain('| ⚠️ wait-cycle | **<code>2 tasks wait for each other');
    expect(text).toContain('\n\n```text\nloopscope: pending at exit with code 0');
    expect(text).toMatch(/```\n\n<\/details>\n\n$/);
  });

  test('says so when nothing is left behind', () => {
    expect(renderMarkdown([], failOnLeaked)).toBe('## loopscope: nothing is left behind\n\n');
  });

  test('no name of the program is markup, or ends a cell, a tag or a block of code', () => {
    const [table, report] = parts(renderMarkdown([examined(hostileReport())], failOnLeaked));
    const rows = table.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.length).toBe(2 + 2 * hostileNames.length);
    expect(rows.filter((row) => row.replaceAll(/[^|]/g, '').length !== 4)).toEqual([]);
    const text = table.replaceAll(/<\/?code>|<br>|\*\*(?=<code>)|(?<=<\/code>)\*\*/g, '');
    expect(text.match(/[<>`[\]*\\]|:\/\/|@/g)).toEqual(null);
    const [fence = ''] = /`{3,}(?=text\n)/.exec(report) ?? [];
    expect(report.split(fence).length).toBe(3);
  });

  test('keeps to a number of bytes, and says that there is more', () => {
    const tasks = Array.from({ length: 400 }, (_, index) => taskOf(index + 1, `täsk ${index}`));
    const many = Array.from({ length: 20 }, () => examine(reportOf({ reason: 'exit', tasks })));
    const text = renderMarkdown(many, failOnLeaked, 100_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(50_000);
    expect(text).toContain('… and 7900 more findings.');
    expect(text).toMatch(/_The rest did not fit: `--report json=FILE` has all\._\n$/);
    expect(Buffer.byteLength(renderMarkdown(many, failOnLeaked, 10))).toBeLessThan(100);
  });
});
