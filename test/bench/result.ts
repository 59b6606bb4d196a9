// One line of the table: what was measured, its budget, and whether it was met.

export interface Result {
  readonly name: string;
  /** The code without loopscope, as it is printed; empty where there is nothing to compare with. */
  readonly bare: string;
  readonly wrapped: string;
  /** What the budget is about: a ratio, added nanoseconds, bytes. */
  readonly value: number;
  readonly unit: string;
  /** The most (or, where `atLeast`, the least) that is fine; null for a value that is only shown. */
  readonly budget: number | null;
  readonly atLeast?: boolean;
  /** Beyond this no noise explains it, and the benchmark fails. */
  readonly limit?: number;
  readonly note?: string;
}

export type Verdict = 'met' | 'missed' | 'far off' | '';

export function judge({ value, budget, atLeast = false, limit }: Result): Verdict {
  if (budget === null) return '';
  const within = (bound: number): boolean => (atLeast ? value >= bound : value <= bound);
  if (within(budget)) return 'met';
  return limit === undefined || within(limit) ? 'missed' : 'far off';
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('a median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export function assertDone(what: string, expected: unknown, got: unknown): void {
  if (!Object.is(expected, got)) throw new Error(`${what}: expected ${String(expected)}, got ${String(got)}`);
}

export function printTable(results: readonly Result[]): void {
  const rows = results.map((result) => [
    result.name,
    result.bare,
    result.wrapped,
    format(result.value, result.unit),
    result.budget === null ? '' : `${result.atLeast === true ? '≥' : '≤'} ${format(result.budget, result.unit)}`,
    judge(result),
    result.note ?? '',
  ]);
  const header = ['', 'bare', 'wrapped', 'result', 'budget', '', ''];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [header, ...rows]) {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 || column > 4 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(cells.join('  ').trimEnd());
  }
}

export function format(value: number, unit: string): string {
  const digits = unit === '×' ? 2 : Math.abs(value) < 10 ? 1 : 0;
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${grouped}${fraction === undefined ? '' : `.${fraction}`}${unit === '×' ? '×' : ` ${unit}`}`;
}
