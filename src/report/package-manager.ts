// Package managers, which start the program that one means: what they do is nobody's matter.

// As Node has them: npm-cli.js, npx-cli.js, pnpm.cjs, yarn.js, yarn-4.1.0.cjs, corepack.js.
const scripts = /^(?:(?:npm|npx)-cli|pnpm|pnpx|yarn|yarnpkg|yarn-[\d.]+|corepack)\.[cm]?js$/;

/** Whether the main script of a process is that of a package manager. */
export function isPackageManager({ command }: { readonly command: string }): boolean {
  const script = command.split(' ')[0] ?? '';
  return scripts.test(script.slice(Math.max(script.lastIndexOf('/'), script.lastIndexOf('\\')) + 1));
}
