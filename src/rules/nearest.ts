// Which of some names was probably meant.

/** The name that takes the fewest changes of a letter; null where none is near. */
export function nearestName(text: string, names: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Math.max(2, Math.floor(text.length / 2)) + 1;
  for (const name of names) {
    const changes = changesBetween(text.toLowerCase(), name);
    if (changes < least) [nearest, least] = [name, changes];
  }
  return nearest ?? names.find((name) => text.length > 2 && name.includes(text.toLowerCase())) ?? null;
}

/** Letters to insert, delete or replace: the distance of Levenshtein, a row at a time. */
function changesBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of one.split('').entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] as number) + (other[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}
