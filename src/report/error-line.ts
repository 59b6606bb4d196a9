// What a report says of an error.

const longestErrorLine = 1000;

/** An error in one short line. What is thrown may be anything, even something that cannot be turned into a string. */
export function errorLine(error: unknown): string {
  try {
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const line = words.slice(0, longestErrorLine + 1).replaceAll(/\s*[\r\n]\s*/g, ' ');
    return line.length > longestErrorLine ? `${line.slice(0, longestErrorLine)}…` : line;
  } catch {
    return `a thrown ${typeof error}`;
  }
}
