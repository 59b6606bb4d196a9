// The page, looked at in a real Chromium.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../src/reporters/html.ts';
import type { Report } from '../../src/report/format.ts';
import { examined, failOnLeaked, hostileReport, orderService } from '../support/ci-reports.ts';
import { hostileNames } from '../support/hostile.ts';
import { taskOf } from '../support/rule-report.ts';

const missing = 'no Chromium found: apt-get install chromium (of Debian), or put one into PATH';
const patient = { timeout: 20_000 };
const binary = find('chromium');
if (binary === null) process.stderr.write(`skipped test/reporters/html.test.ts: ${missing}\n`);

function find(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

test.runIf(process.env['CI'])('in CI there is a Chromium', () => {
  expect(binary ?? missing).toBe(binary);
});

describe.skipIf(binary === null)('the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loopscope-html-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: binary as string, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens the page of some reports. What it complains of, and what it asks the network for, is kept. */
  async function open(reports: readonly Report[], options: Parameters<Browser['newPage']>[0] = {}) {
    const file = join(folder, `${Math.random()}.html`);
    writeFileSync(file, renderHtml(reports.map(examined), failOnLeaked));
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  /** What a script of test/programs/in-page finds. */
  function inPage<Found>(page: Page, name: string): Promise<Found> {
    return page.evaluate<Found>(readFileSync(new URL(`../programs/in-page/${name}`, import.meta.url), 'utf8'));
  }

  const visibleRows = (page: Page): Promise<number> => page.locator('[data-row]:not([hidden])').count();

  test('needs no network, complains of nothing, and every link of it leads somewhere', async () => {
    const { page, complaints } = await open([
      orderService,
      { ...orderService, process: { ...orderService.process, threadId: 1 } },
    ]);
    const dead = await inPage<{ links: number }>(page, 'links.js');
    expect(dead).toEqual({ links: expect.any(Number), dead: [], twice: 0 });
    expect(dead.links).toBeGreaterThan(40);
    expect(complaints).toEqual([]);
    expect(await page.title()).toMatch(/^loopscope: 2 wait-cycle, .*12 leaked$/);
  });

  test('leads from who waits to who holds, also when the filter hides that', async () => {
    const { page } = await open([orderService]);
    await page.locator('#r0-t5 td[data-of="held by"] a').click();
    expect(new URL(page.url()).hash).toBe('#r0-t6');
    await page.locator('input').fill('POST /ship');
    await expect.poll(() => page.locator('#r0-t4').isVisible(), patient).toBe(false);
    await page.locator('#r0-x900, tr[id^="r0-x"]:visible').first().waitFor();
    await page.evaluate(`document.querySelector('a[href="#r0-t4"]').click()`);
    expect(await page.locator('#r0-t4').isVisible()).toBe(true);
    expect(await page.locator('input').inputValue()).toBe('');
  });

  test('shows the lines with all words that are asked for, and says how many', async () => {
    const { page } = await open([orderService]);
    const all = await visibleRows(page);
    await page.locator('input').fill('ledger POST');
    await expect.poll(() => page.locator('output').textContent(), patient).toMatch(/^\d+ of \d+ lines$/);
    const some = await visibleRows(page);
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    await page.locator('input').fill('no such thing');
    await expect.poll(() => visibleRows(page), patient).toBe(0);
    await page.locator('input').fill('');
    await expect.poll(() => visibleRows(page), patient).toBe(all);
  });

  test('folds and unfolds the await tree', async () => {
    const { page } = await open([orderService]);
    const hidden = page.locator('.tree li li').first();
    await page.getByRole('button', { name: 'Fold all', exact: true }).click();
    expect(await hidden.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Unfold all' }).click();
    expect(await hidden.isVisible()).toBe(true);
  });

  test('draws a wait cycle: a box for each task, and an arrow from each to the next', async () => {
    const { page } = await open([orderService]);
    const drawn = await inPage(page, 'cycle.js');
    expect(drawn).toEqual({
      texts: ['lock ledger', 'lock stock', 'POST /ship #5', 'POST /refund #6'],
      edges: 2,
      title: 'Wait cycle: POST /ship #5 waits for POST /refund #6, and so on',
    });
  });

  test('hostile names are text: nothing runs, nothing is loaded, nothing of theirs is an element', async () => {
    const { page, complaints } = await open([hostileReport()]);
    const found = await inPage<{ tags: string[] }>(page, 'elements.js');
    const own =
      'a,b,br,code,details,div,g,h2,h3,i,li,ol,p,path,pre,rect,section,small,span,summary,svg,table,tbody,td,text,th,thead,title,tr,ul';
    expect(found.tags.filter((tag) => !own.split(',').includes(tag))).toEqual([]);
    expect(found).toMatchObject({ active: [], scripts: 1 });
    expect(complaints).toEqual([]);
    const text = await page.locator('main').innerText();
    const shown = hostileNames.filter((name) => /^[ -~]{3,60}$/.test(name) && !/ {2}/.test(name.trim()));
    expect(shown.filter((name) => !text.includes(name.trim()))).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('all its text has enough contrast where it is %s', async (colorScheme) => {
    const { page } = await open([orderService], { colorScheme });
    expect(await inPage(page, 'contrast.js')).toEqual([]);
  });

  test('fits on a narrow screen, and all that can be used has a name', async () => {
    const { page } = await open([orderService], { viewport: { width: 400, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    expect(await page.getByRole('searchbox', { name: 'Show lines with these words' }).count()).toBe(1);
    expect(await page.evaluate('document.documentElement.lang')).toBe('en');
    const nameless = await page
      .locator('button, a, summary, svg')
      .evaluateAll((elements) => elements.filter(({ textContent }) => textContent?.trim() === '').length);
    expect(nameless).toBe(0);
  });

  test('of ten thousand different tasks opens, counts what it leaves out, and filters', async () => {
    const tasks = Array.from({ length: 10_000 }, (_, index) => taskOf(index + 1, `load user-${index}`));
    const { page, complaints } = await open([{ ...orderService, tasks, cycles: [] }]);
    expect(await page.locator('table').first().locator('tr').count()).toBe(2001);
    expect(await page.getByText('… and 8000 tasks more; the JSON has all').count()).toBe(1);
    await page.locator('input').fill('user-1234');
    await expect.poll(() => page.locator('tr[data-row]:not([hidden])').count(), patient).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('of ten thousand equal tasks has one line, to which the number of each leads', async () => {
    const equal = Array.from({ length: 10_000 }, (_, index) => taskOf(index + 1, 'load'));
    const waits = [
      { kind: 'await', on: { type: 'task', id: 7000, kind: 'task', name: 'load' }, forMs: 1, leftMs: null, at: null },
    ] as const;
    const { page } = await open([
      { ...orderService, tasks: [...equal, taskOf(20_000, 'waiter', { waits })], cycles: [] },
    ]);
    expect(await page.locator('table').first().locator('tbody tr').count()).toBe(2);
    await page.locator('tr', { hasText: 'waiter' }).getByRole('link', { name: 'task load #7000' }).click();
    expect(new URL(page.url()).hash).toBe('#r0-t1');
  });
});
