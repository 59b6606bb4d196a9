// How to run a command of ours again, as a line that can be copied into any shell.

/** The words that run this very `loopscope`, also after `sudo`, which has another PATH. */
export function commandLine(...words: readonly (string | number)[]): string {
  return [process.execPath, process.argv[1] ?? 'loopscope', ...words.map(String)].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
