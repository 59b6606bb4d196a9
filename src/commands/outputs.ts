// `--report`: in which forms something is written, and where to.
import { UsageError } from '../errors.ts';
import { complain } from '../runtime/complain.ts';
import { unknownName } from './fail-on.ts';
import { prepareFile, writeWhole } from './write-file.ts';

const option = '--report';
/** Nothing of what was to be written could be. */
export const unwrittenExitCode = 9;

/** One form, and the file that it is written to; null for the log. */
export interface Output<Name extends string = string> {
  readonly name: Name;
  readonly file: string | null;
}

/**
 * Of `github,junit=FILE,html=FILE`, as often as given. Throws UsageError where a name is unknown or a file cannot be.
 * @param names of all forms
 * @param withoutFile the forms that need no file
 */
export function parseOutputs<Name extends string>(
  texts: readonly string[],
  names: readonly Name[],
  withoutFile: readonly Name[] = names,
): Output<Name>[] {
  const words = texts.flatMap((text) => text.split(',')).flatMap((word) => word.trim() || []);
  const outputs = words.map((word) => {
    const [, name = '', file = null] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const known = names.find((each) => each === name);
    if (known === undefined) throw new UsageError(unknownName(option, name, names));
    if (file === '' || (file === null && !withoutFile.includes(known))) {
      throw new UsageError(`${option}: ${name} needs a file: ${name}=FILE`);
    }
    return { name: known, file };
  });
  const files = outputs.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) throw new UsageError(`${option}: ${twice} is given twice`);
  for (const file of files) prepareFile(file, option);
  return outputs;
}

/**
 * Writes all files. What fails is said in one line each.
 * @param further what else there is to write
 * @returns false if there was something to write and nothing could be
 */
export function writeFiles<Name extends string>(
  outputs: readonly Output<Name>[],
  draw: (name: Name) => string,
  further: readonly (() => void)[] = [],
): boolean {
  const files = outputs.flatMap(({ name, file }) => (file === null ? [] : [() => writeWhole(file, draw(name))]));
  const writes = [...files, ...further];
  const done = writes.filter((write) => {
    try {
      write();
      return true;
    } catch (error) {
      complain(`a file of ${option} was not written`, error);
      return false;
    }
  });
  return writes.length === 0 || done.length > 0;
}
