// The pages that are made of the code: `npm run docs` writes them, and a test fails where they are not as the code is.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { helpTexts } from '../src/commands/help.ts';

/** By their paths. */
export function pages(): Readonly<Record<string, string>> {
  return { 'docs/options.md': optionsPage(), 'docs/channels.md': channelsPage() };
}

function optionsPage(): string {
  const commands = Object.entries(helpTexts)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, text]) => `### loopscope ${name}\n\n\`\`\`\n${text.trim()}\n\`\`\``);
  return `# Options and variables

What \`--help\` of each command prints, and every environment variable. Those of OpenTelemetry stand in
[opentelemetry.md](opentelemetry.md).

## Commands

${commands.join('\n\n')}

## Environment variables

\`1\` is on and \`0\` off; times are \`500ms\`, \`30s\`, \`2m\`. \`loopscope run\` sets those that its options mean for the program.

| variable | |
| --- | --- |
${variables().join('\n')}
`;
}

/** Rows of the comments in config.ts which name variables. */
function variables(): string[] {
  const rows = new Map<string, string>();
  for (const comment of commentsOf(readFileSync('src/config.ts', 'utf8'))) {
    const names = [...comment.matchAll(/`(LOOPSCOPE_\w+)(=\w+)?`/g)].map(
      ([, name = '', value = '']) => `\`${name}${value}\``,
    );
    if (names.length > 0 && !comment.includes('LOOPSCOPE_RUN_DIRECTORY'))
      rows.set(names.join(', '), names.length === 1 ? withoutName(comment) : comment);
  }
  return [...rows]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([names, text]) => `| ${names} | ${text.replaceAll('|', '\\|')} |`);
}

/** The name stands in the first column. */
function withoutName(comment: string): string {
  return comment
    .replaceAll('; null for', '; without it')
    .replaceAll(/`LOOPSCOPE_\w+=0` does not\./g, '`0` does not.')
    .replaceAll(/\s*`LOOPSCOPE_\w+(=\w+)?`\.|`LOOPSCOPE_\w+(=\w+)?`[,;:]? /g, '')
    .replaceAll(/([.;] |^)([a-z])/g, (_, before: string, letter: string) =>
      before.startsWith(';') ? before + letter : before + letter.toUpperCase(),
    );
}

function channelsPage(): string {
  const rows = globSync('src/channels/*.ts')
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const found = text.matchAll(/\/\*\* ((?:(?!\*\/)[^])*?) \*\/\nexport const (\w+) = channel<(\w+)>\('([^']+)'\)/g);
      return [...found].map(([, comment = '', name = '', message = '', channel = '']) => {
        return `| \`${channel}\` | \`${name}\`, [${message}](../${file.replaceAll('\\', '/')}) | ${plain(comment)} |`;
      });
    });
  return `# Channels

What happens in tasks, resources and the loop is published on plain channels of \`node:diagnostics_channel\`, and nothing is computed
while nobody listens. A message is the live record of what it is about: read it, keep no reference to it, change nothing.

\`\`\`js
import { subscribe } from 'node:diagnostics_channel';

subscribe('loopscope:task:settled', (task) => console.log(task.name, task.settlement.outcome));
\`\`\`

| channel | constant, message | published when |
| --- | --- | --- |
${rows.join('\n')}

What a subscriber throws is an uncaught exception of the program: Node has it so.
`;
}

function commentsOf(text: string): string[] {
  return [...text.matchAll(/\/\*\*([^]*?)\*\//g)].map(([, comment = '']) => plain(comment));
}

function plain(comment: string): string {
  return comment.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [path, text] of Object.entries(pages())) writeFileSync(path, text);
}
