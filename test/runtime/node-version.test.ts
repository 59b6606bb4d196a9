import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unsupportedNode } from '../../src/runtime/node-version.ts';

test.each(['22.22.3', '22.23.0', '24.11.1', '24.12.0', '26.0.0', '27.1.0'])('Node %s is supported', (version) => {
  expect(unsupportedNode(version)).toBeNull();
});

test.each(['18.20.0', '20.20.2', '22.22.2', '22.9.9', '23.11.0', '24.11.0', '25.9.0'])(
  'Node %s is not, and the sentence says what is',
  (version) => {
    expect(unsupportedNode(version)).toBe(
      `loopscope needs Node ^22.22.3, ^24.11.1 or >=26, and this is Node ${version}`,
    );
  },
);

test('package.json says the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe('^22.22.3 || ^24.11.1 || >=26');
});
