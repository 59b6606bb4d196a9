// The table of examples/README.md, made of the first comments: node examples/all/table.ts
import { pathToFileURL } from 'node:url';
import { examples } from './list.ts';
import type { Example } from './promises.ts';

/** A row for each row of the systems, and those examples last that show none of them. */
export function table(all: readonly Example[]): string {
  const lines = all.flatMap((example) =>
    (example.rows.length === 0 ? [''] : example.rows).map((row) => ({ row, text: lineOf(row, example) })),
  );
  const sorted = lines.toSorted((one, other) => numberOf(one.row) - numberOf(other.row));
  return ['| system | example | what you will see |', '| --- | --- | --- |', ...sorted.map(({ text }) => text)].join(
    '\n',
  );
}

function lineOf(row: string, { file, question, promised }: Example): string {
  const name = file.slice('examples/'.length);
  const seen = promised.flatMap(({ texts }) => texts).slice(0, 2);
  return `| ${row} | [${name}](${name}): ${question} | ${seen.map((text) => `\`${text.replaceAll('|', '\\|')}\``).join(', ')} |`;
}

function numberOf(row: string): number {
  return row === '' ? Infinity : Number(row.slice(1));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(table(examples()));
