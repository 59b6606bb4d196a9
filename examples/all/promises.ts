// What the first comment of an example promises: commands, and what one sees when one runs them.
import { readFileSync } from 'node:fs';

export interface Promised {
  /** As one types it: `npx loopscope run -- examples/retry.ts`. */
  readonly command: string;
  /** What is looked at: what it `prints`, what the report `reports`, the names of the spans that it `sends`. */
  readonly verb: 'prints' | 'reports' | 'sends';
  /** Each occurs, where `…` stands for anything within a line. */
  readonly texts: readonly string[];
}

export interface Example {
  readonly file: string;
  /** Rows of the systems that it shows: `S1`. */
  readonly rows: readonly string[];
  readonly question: string;
  readonly promised: readonly Promised[];
}

/**
 * Reads the first comment of an example:
 *
 *     // S24: how does a producer know that all its work is done? It joins the queue, and then …
 *     //   node examples/queue-join.ts                      prints `10 orders shipped`
 *     //   npx loopscope run -- examples/queue-join.ts      reports `queue orders`, `2 waiting`
 *     //   npx loopscope run --otlp http://localhost:4318 -- examples/queue-join.ts
 *     //     sends `put orders`, `process orders`
 *
 * @throws Error if there is a line which promises nothing
 */
export function readExample(file: string, root: URL): Example {
  const lines = readFileSync(new URL(file, root), 'utf8').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const comment = lines.slice(0, end).map((line) => line.slice(2).trimEnd());
  const prose = comment.filter((line) => !line.startsWith('   ')).join(' ');
  const [, rows = '', question = ''] = /^\s*((?:S\d+(?:, )?)*):?\s*([^?]*\?)/.exec(prose) ?? [];
  if (question === '') throw new Error(`${file} begins with no question`);
  return {
    file,
    rows: rows.split(', ').filter((row) => row !== ''),
    question: sentence(question),
    promised: read(file, comment),
  };
}

function read(file: string, comment: readonly string[]): Promised[] {
  const blocks = comment
    .filter((line) => line.startsWith('   '))
    .join('\n')
    .split(/\n(?= {3}\S)/);
  return blocks
    .filter((block) => block !== '')
    .map((block) => {
      const [, command = '', verb = '', rest = ''] = /^\s*(.+?)\s+(prints|reports|sends)\s+(`[^]*)$/.exec(block) ?? [];
      const texts = [...rest.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text.replaceAll(/\s+/g, ' '));
      if (texts.length === 0) throw new Error(`${file} promises nothing with: ${block.trim()}`);
      return { command, verb: verb as Promised['verb'], texts };
    });
}

function sentence(text: string): string {
  const words = text.replaceAll(/\s+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
