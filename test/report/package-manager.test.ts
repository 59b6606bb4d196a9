// Package managers are told from programs that are called like them.
import { expect, test } from 'vitest';
import { isPackageManager } from '../../src/report/package-manager.ts';

test.each([
  ['/usr/lib/node_modules/npm/bin/npm-cli.js test', true],
  ['/usr/lib/node_modules/npm/bin/npx-cli.js vitest run', true],
  ['/shop/.yarn/releases/yarn-4.1.0.cjs test', true],
  ['C:\\nodejs\\node_modules\\corepack\\dist\\pnpm.js test', true],
  ['/shop/server.js /usr/bin/npm-cli.js', false],
  ['/shop/npm-client.js', false],
  ['', false],
])('%s', (command, expected) => {
  expect(isPackageManager({ command })).toBe(expected);
});
