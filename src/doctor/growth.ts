// Whether a number grows all the time: what tells a leak from a crowd that came at the start.

const parts = 4;
/** Each quarter adds at least so much of what was added in all. */
const leastOfPart = 0.05;

/** By how much the numbers grew, from the first quarter to the last and in each of them; 0 where they did not. */
export function growthOf(numbers: readonly number[]): number {
  const trimmed = numbers.slice(numbers.findIndex((value) => value > 0));
  if (trimmed.length < parts + 1) return 0;
  const marks = Array.from(
    { length: parts + 1 },
    (_, part) => trimmed[Math.round((part * (trimmed.length - 1)) / parts)] ?? 0,
  );
  const growth = (marks.at(-1) as number) - (marks[0] as number);
  const grewInEach = marks.slice(1).every((mark, part) => mark - (marks[part] as number) >= growth * leastOfPart);
  return growth > 0 && grewInEach ? growth : 0;
}
