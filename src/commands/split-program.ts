// Where the options of a command end and the program begins that it is to run.

/** The program begins after `--`, or with the first word that is no option. */
export function splitProgram(
  words: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>,
): { readonly own: string[]; readonly program: readonly string[] } {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === '--') return { own: words.slice(0, index), program: words.slice(index + 1) };
    if (!word.startsWith('-')) return { own: words.slice(0, index), program: words.slice(index) };
    const name = word.slice(2);
    if (Object.hasOwn(options, name) && options[name]?.type === 'string') index++;
  }
  return { own: [...words], program: [] };
}
