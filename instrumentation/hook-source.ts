// The text of a file of a library, with what tells the hook that it was evaluated. Lines stay what they are.
import type { LibraryFile } from './hook-library.ts';

/** Under which the hook is found by the text that is added. The number is the version of what it is told. */
export const instrumentKey = 'loopscope.instrument@1';
const hook = `globalThis[Symbol.for(${JSON.stringify(instrumentKey)})]`;

/** Adds to the source. Throws where it is not as the library file says. */
export function prepareSource(source: string, file: LibraryFile, id: number, isModule: boolean): string {
  const { edits = [], classes = [], exports = [], locals = [] } = file;
  let text = source;
  for (const { find, replace } of edits) text = edit(text, find, expandCalls(replace));
  for (const name of classes) {
    // A private field: its initializer sees every instance, and nobody sees the field.
    const seen = `#loopscope = ${hook}?.(${id}, "new", this, ${JSON.stringify(name)});`;
    text = edit(text, new RegExp(`\\bclass ${escape(name)}\\b[^{]*\\{`), `$& ${seen}`);
  }
  const names = new Map(locals.map((name) => [name, name]));
  if (isModule) {
    for (const name of exports) {
      const local = localName(text, name);
      if (local === null) throw new Error(`it has no export ${name}`);
      text = local.text;
      names.set(`export ${name}`, local.name);
    }
  }
  for (const name of names.values()) text = makeAssignable(text, name);
  const accessors = [...names].map(
    ([key, name]) => `${JSON.stringify(key)}: [() => ${name}, (value) => { ${name} = value; }]`,
  );
  const module = isModule ? 'null' : 'typeof module === "undefined" ? null : module';
  // A function is hoisted: what was edited can call it from the first line on.
  const calls = `function $loopscope(name, value, other) { return ${hook}?.(${id}, "call", value, name, other) ?? value; }`;
  return `${text}\n;${hook}?.(${id}, "loaded", ${module}, { ${accessors.join(', ')} }); ${edits.length > 0 ? calls : ''}\n`;
}

function edit(text: string, find: RegExp, replace: string): string {
  const { length } = [...text.matchAll(new RegExp(find, `${find.flags.replace('g', '')}g`))];
  if (length !== 1 && (length === 0 || !find.global)) throw new Error(`${String(find)} is there ${length} times`);
  return text.replace(find, replace);
}

function expandCalls(replace: string): string {
  return replace.replaceAll(
    /\$call\((\w+), ([\w$.]+|\{[^{}]*\})(?:, ([\w$.]+))?\)/g,
    (_, name: string, value: string, other = 'undefined') => `$loopscope(${JSON.stringify(name)}, ${value}, ${other})`,
  );
}

/** The name inside of the module of what it exports, and the text with the export such that assigning to it shows. */
function localName(text: string, name: string): { name: string; text: string } | null {
  const escaped = escape(name);
  const declared =
    name === 'default'
      ? /\bexport\s+default\s+(?:async\s+)?(?:function\s*\*?|class)\s+([\w$]+)/.exec(text)?.[1]
      : new RegExp(
          `\\bexport\\s+(?:async\\s+)?(?:function\\s*\\*?|class|const|let|var)\\s+(${escaped})(?![\\w$])`,
        ).exec(text)?.[1];
  if (declared !== undefined) return { name: declared, text };
  for (const [, list = ''] of text.matchAll(/\bexport\s*\{([^}]*)\}(?!\s*from\b)/g)) {
    for (const entry of list.split(',')) {
      const [, local = '', exported = local] = /^\s*([\w$]+)(?:\s+as\s+([\w$]+))?\s*$/.exec(entry) ?? [];
      if (exported === name && local !== '') return { name: local, text };
    }
  }
  // `export default name` exports what it was then; as a binding it is what it is
  const [whole, value] = name === 'default' ? (/\bexport\s+default\s+([\w$]+)\s*;/.exec(text) ?? []) : [];
  if (whole === undefined || value === undefined) return null;
  return { name: value, text: text.replace(whole, () => `export { ${value} as default };`) };
}

/** What cannot be assigned to is not replaced: of a constant it makes a variable, in as many characters. */
function makeAssignable(text: string, name: string): string {
  return text.replace(new RegExp(`\\bconst(\\s+${escape(name)}\\s*=)`), 'let  $1');
}

function escape(name: string): string {
  return name.replaceAll('$', String.raw`\$`);
}
