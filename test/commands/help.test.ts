import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { helpTexts } from '../../src/commands/help.ts';
import { loopscope } from '../support/cli.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/ps.md', import.meta.url)), 'utf8');

describe.each(['ps', 'tree'])('the help of %s', (name) => {
  const text = helpTexts[name] ?? '';

  test('is on stdout, wherever it is asked for', async () => {
    const expected = { stdout: text, stderr: '', code: 0, signal: null };
    expect([await loopscope([name, '--help']), await loopscope([name, '42', '-h'])]).toEqual([expected, expected]);
  });

  test('fits into a terminal', () => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('has no option that its page has not', () => {
    const [described = ''] = text.split('Exit codes');
    const options = new Set(described.match(/--[a-z]+(-[a-z]+)*/g));
    expect(options.size).toBeGreaterThan(10);
    expect([...options].filter((option) => !page.includes(option))).toEqual([]);
  });
});
