// What a statement asks of a database, without what is in it: values are taken out, white space and comments shortened.
const longestRead = 1000;
const mostKept = 500;
const kept = new Map<string, string>();

// Comments; strings, with quotes doubled or escaped within; text between dollars; numbers that stand alone.
const parts =
  /\/\*[\s\S]*?(?:\*\/|$)|--[^\n]*|'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|(?<![\w$:.])-?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.])/gi;
const quoted = /"(?:[^"\\]|""|\\[\s\S])*(?:"|$)/g;

/**
 * Text of an SQL statement, fit for a report: each value is a `?`. What comes after the first 1000 characters is left out.
 * @param dialect in MySQL what is in double quotes is a value, in the standard it is a name
 */
export function shortStatement(text: unknown, dialect: 'standard' | 'mysql' = 'standard'): string {
  if (typeof text !== 'string') return 'a statement';
  let short = kept.get(text);
  if (short !== undefined) return short;
  const start = text.slice(0, longestRead);
  const named = dialect === 'mysql' ? start.replaceAll(quoted, '?') : start;
  short = named
    .replaceAll(parts, (part) => (part.startsWith('/*') || part.startsWith('--') ? ' ' : '?'))
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (text.length > longestRead) return short;
  if (kept.size >= mostKept) kept.clear();
  kept.set(text, short);
  return short;
}
