// The text that is added to files of libraries, evaluated as Node evaluates it.
import { expect, test } from 'vitest';
import type { LibraryFile } from '../../instrumentation/hook-library.ts';
import { instrumentKey, prepareSource } from '../../instrumentation/hook-source.ts';

type Accessors = Record<string, [() => unknown, (value: unknown) => void]>;

/** Evaluates a module; `loaded` sees its names before anybody else does. */
async function evaluate(
  source: string,
  file: Omit<LibraryFile, 'path'>,
  loaded: (accessors: Accessors) => void,
): Promise<Record<string, unknown>> {
  const text = prepareSource(source, { path: '', ...file }, 7, true);
  const slot = globalThis as Record<symbol, unknown>;
  slot[Symbol.for(instrumentKey)] = (id: number, what: string, _value: unknown, accessors: Accessors) => {
    expect([id, what]).toEqual([7, 'loaded']);
    loaded(accessors);
  };
  try {
    return (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<string, unknown>;
  } finally {
    delete slot[Symbol.for(instrumentKey)];
  }
}

test.each([
  ['export default function name() {}', 'default'],
  ['export default async function name() {}', 'default'],
  ['export default class name {}', 'default'],
  ['const name = () => {}; export default name;', 'default'],
  ['const a = () => {};export{a as default}', 'default'],
  ['export const name = () => {}', 'name'],
  ['export function name() {}', 'name'],
  ['let $ = 1, t = 2; export { $ as other, t as name };', 'name'],
  ['class name {}\nexport { name }\n// the end', 'name'],
])('%s: what is set is what others import', async (source, name) => {
  const seen: unknown[] = [];
  const exports = await evaluate(source, { exports: [name] }, (accessors) => {
    const [read, write] = accessors[`export ${name}`] ?? [];
    seen.push(read?.());
    write?.('replaced');
  });
  expect(exports[name]).toBe('replaced');
  expect(seen[0]).not.toBe('replaced');
});

test('lines stay what they are', () => {
  const source = 'export class A {\n  constructor() {\n    f();\n  }\n}\n//# sourceMappingURL=a.js.map';
  const file = { path: '', classes: ['A'], edits: [{ find: /f\(\);/, replace: '$& $call(made, this);' }] };
  const lines = prepareSource(source, file, 1, true).split('\n');
  expect(lines.slice(0, 6).map((line) => line.trimStart().slice(0, 3))).toEqual(
    source.split('\n').map((line) => line.trimStart().slice(0, 3)),
  );
});

test.each([
  ['an export that is not there', { exports: ['b'] }, 'it has no export b'],
  ['an edit that does not match', { edits: [{ find: /nothing/, replace: '' }] }, '/nothing/ is there 0 times'],
  ['an edit that matches twice', { edits: [{ find: /a/, replace: '' }] }, '/a/ is there 2 times'],
  ['a class that is not there', { classes: ['B'] }, String.raw`/\bclass B\b[^{]*\{/ is there 0 times`],
])('%s is an error', (_, file, message) => {
  expect(() => prepareSource('export const a = 1; f(a)', { path: '', ...file }, 1, true)).toThrow(message);
});
