// `loopscope export`: trace files to collectors, each line once.
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Batch } from '../../src/commands/export-batch.ts';
import { loopscope, startLoopscope } from '../support/cli.ts';
import { startCollector, type Collector, type Respond } from '../support/collector.ts';

let folder: string;
let file: string;
let collector: Collector | undefined;

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'loopscope-export-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(({ task }) => void (file = join(folder, `${task.id}.jsonl`)));
afterEach(() => {
  collector?.close();
  collector = undefined;
});

/** A line with spans of these names. */
function line(...names: string[]): string {
  const spans = names.map((name) => ({ name, traceId: '0'.repeat(32), spanId: name.padEnd(16, '0').slice(0, 16) }));
  return `${JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: 'a' }, spans }] }] })}\n`;
}

function refuse(status: number, isWanted: (names: readonly string[]) => boolean): Respond {
  return (names, response) => {
    const wanted = isWanted(names);
    response.writeHead(wanted ? 200 : status).end('{}');
    return wanted;
  };
}

async function send(
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await loopscope(['export', file, '--otlp', collector?.url ?? ''], { env });
  return { code, stdout, stderr };
}

test('sends a file once, and later what was added, wherever it was rotated to meanwhile', async () => {
  collector = await startCollector();
  const sent = (count: number): object => ({
    code: 0,
    stdout: `${file}: ${count} spans sent to ${collector?.url}/v1/traces\n`,
    stderr: '',
  });
  writeFileSync(file, line('a', 'b') + line('c') + '{"resourceSpans":[');
  expect(await send({ OTEL_EXPORTER_OTLP_HEADERS: 'x-key=se%20cret' })).toEqual(sent(3));
  expect(await send()).toEqual({ code: 0, stdout: `${file}: nothing that was not sent before\n`, stderr: '' });
  appendFileSync(file, `]}\n${line('d')}`);
  renameSync(file, `${file}.1`);
  writeFileSync(file, line('e'));
  expect(await send()).toEqual(sent(2));
  expect(collector.taken).toEqual(['a', 'b', 'c', 'd', 'e']);
  const [{ url, headers }] = collector.requests as [Collector['requests'][number]];
  expect([url, headers['x-key'], headers['content-encoding']]).toEqual(['/v1/traces', 'se cret', 'gzip']);
});

test('names lines that are none, and those that the collector refuses, and sends all others', async () => {
  collector = await startCollector(refuse(400, (names) => !names.includes('bad')));
  writeFileSync(file, `${line('a')}nonsense\n${line('bad')}\n${line('b')}{"resourceMetrics":[]}\n`);
  expect(await send()).toEqual({
    code: 6,
    stdout: `${file}: 2 spans sent to ${collector.url}/v1/traces, 3 lines skipped\n`,
    stderr: [
      `loopscope: ${file}, line 2: it is no OTLP request with spans, in JSON; skipped\n`,
      `loopscope: ${file}, line 6: it is no OTLP request with spans, in JSON; skipped\n`,
      `loopscope: ${file}, line 3: refused: 400 Bad Request {}; skipped\n`,
    ].join(''),
  });
  expect(collector.taken).toEqual(['a', 'b']);
  expect((await send()).code).toBe(0);
});

test('goes on after a collector that is overloaded, and counts what one takes in part', async () => {
  let asked = 0;
  collector = await startCollector((_names, response) => {
    if (++asked === 1) {
      response.writeHead(503, { 'retry-after': '0' }).end();
      return false;
    }
    response.end(JSON.stringify({ partialSuccess: { rejectedSpans: '1', errorMessage: 'too old' } }));
    return true;
  });
  writeFileSync(file, line('a', 'b'));
  expect(await send()).toEqual({
    code: 6,
    stdout: `${file}: 1 span sent to ${collector.url}/v1/traces, 1 span rejected\n`,
    stderr: `loopscope: ${file}: 1 spans were rejected: too old\n`,
  });
});

test('a collector that is not there, wants a key, or goes away midway costs nothing: the rest is sent later', async () => {
  writeFileSync(file, line('a').repeat(20));
  collector = await startCollector(refuse(401, () => false));
  const refused = await send();
  expect(refused).toEqual({
    code: 7,
    stdout: '',
    stderr: `loopscope: ${collector.url}/v1/traces: 401 Unauthorized {}; what is not sent stays for the next call\n`,
  });
  collector.close();
  collector = await startCollector(refuse(400, () => false)); // no collector at all
  const { code, stderr } = await send();
  expect(code).toBe(7);
  expect(stderr.split('\n').slice(-2)).toEqual([
    `loopscope: ${collector.url}/v1/traces: it refuses everything; what is not sent stays for the next call`,
    '',
  ]);
  collector.close();
  let taken = 0;
  collector = await startCollector((names, response) => {
    if (names.length > 1 || taken === 7) response.writeHead(names.length > 1 ? 413 : 404).end();
    else response.end('{}');
    return names.length === 1 && taken++ < 7;
  });
  expect((await send()).code).toBe(7);
  expect(collector.taken).toHaveLength(7);
  collector.close();
  collector = await startCollector();
  expect(await send()).toMatchObject({ code: 0, stdout: expect.stringContaining('13 spans sent') });
});

test('a note of what was sent that cannot be read, a file that is not there, and no collector are mistakes', async () => {
  collector = await startCollector();
  writeFileSync(file, line('a'));
  writeFileSync(`${file}.sent`, 'x');
  expect(await send()).toMatchObject({ code: 2, stderr: expect.stringContaining('.sent does not say what was sent') });
  expect(collector.taken).toEqual([]);
  expect(await loopscope(['export', `${file}.nothing`, '--otlp', collector.url])).toMatchObject({
    code: 4,
    stderr: `loopscope: there is no file ${file}.nothing\n`,
  });
  expect(await loopscope(['export', file])).toMatchObject({
    code: 2,
    stderr: 'loopscope: export needs a collector: --otlp URL, or OTEL_EXPORTER_OTLP_ENDPOINT\n',
  });
  expect(readFileSync(`${file}.sent`, 'utf8')).toBe('x');
});

test.each([
  ['web page', 200, 'a web page answers there, and no collector'],
  ['redirection', 302, '302 Found <!doctype html>'],
])('a %s is no collector: nothing counts as sent', async (_name, status, reason) => {
  collector = await startCollector((_names, response) => {
    response.writeHead(status, { location: '/sign-in' }).end('<!doctype html>');
    return false;
  });
  writeFileSync(file, line('a'));
  const url = `${collector.url}/v1/traces`;
  expect(await send()).toEqual({
    code: 7,
    stdout: '',
    stderr: `loopscope: ${url}: ${reason}; what is not sent stays for the next call\n`,
  });
  expect(collector.requests.length).toBe(1);
  collector.close();
  collector = await startCollector();
  expect((await send()).stdout).toBe(`${file}: 1 span sent to ${collector.url}/v1/traces\n`);
});

test('what only looks like a request is left to the collector', () => {
  const odd = [null, 5, [null], [{ spans: null }], [{ spans: 7 }], [{ spans: [{}] }]];
  const counts = odd.map((scopeSpans) => {
    const batch = new Batch();
    return [batch.add({ text: JSON.stringify({ resourceSpans: [{ scopeSpans }] }), number: 1, end: 1 }), batch.spans];
  });
  expect(counts).toEqual([0, 0, 0, 0, 0, 1].map((spans) => [null, spans]));
});

test('a folder is a mistake, and of a file that is none few lines are named', async () => {
  collector = await startCollector();
  file = folder;
  expect(await send()).toEqual({
    code: 2,
    stdout: '',
    stderr: `loopscope: ${folder} is a folder, and no trace file\n`,
  });
  file = join(folder, 'nonsense.jsonl');
  writeFileSync(file, 'nonsense\n'.repeat(1000));
  const { stdout, stderr } = await send();
  expect(stdout).toBe(`${file}: 0 spans sent to ${collector.url}/v1/traces, 1,000 lines skipped\n`);
  expect(stderr.split('\n').slice(-3)).toEqual([
    `loopscope: ${file}, line 20: it is no OTLP request with spans, in JSON; skipped`,
    `loopscope: ${file}: further lines that are skipped are only counted`,
    '',
  ]);
});

test('Ctrl-C waits for the request on its way, so that nothing is sent twice', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  collector = await startCollector((_names, response) => {
    asked.resolve();
    void answer.promise.then(() => response.end('{}'));
    return true;
  });
  const many = Array.from({ length: 5000 }, (_, index) => String(index));
  writeFileSync(file, line(...many) + line('last'));
  const running = startLoopscope(['export', file, '--otlp', collector.url]);
  await asked.promise;
  running.child.kill('SIGINT');
  await running.printed('interrupted');
  answer.resolve();
  const { signal, stderr } = await running.outcome;
  expect({ signal, stderr }).toEqual({
    signal: 'SIGINT',
    stderr: 'loopscope: interrupted: waits for the answer to what is on its way; the rest stays for the next call\n',
  });
  expect((await send()).stdout).toBe(`${file}: 1 span sent to ${collector.url}/v1/traces\n`);
  expect(collector.taken).toEqual([...many, 'last']);
});
