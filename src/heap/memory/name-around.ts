// The name of an async function that was compiled down to a generator without one: that of the function around it.

// `find(id) {` or `find = (id)`, or `function find(id) {`, and then `return __awaiter(this, void 0, void 0, function* `.
const inFunction =
  /([\w$]+)\s*(?:[=:]\s*)?(?:[=:]\s*function\s*)?\(((?:[^()]|\([^()]*\))*)\)\s*(?:=>|\{\s*return|\{[^{}]*?return)\s*\(?[\w$., ]+\)?\([\w$.,[\] ]*function\s*\*\s*$/;
// `_find = _asyncToGenerator(function* `, by Babel of `find`
const assigned = /([\w$]+)\s*[=:]\s*\(?[\w$., ]+\)?\(function\s*\*\s*$/;
const keywords = /^(?:function|if|for|while|switch|catch|return|with|new)$/;

/** The name, by the source before the generator; empty where there is none. */
export function nameAround(before: string): string {
  const name = inFunction.exec(before)?.[1] ?? assigned.exec(before)?.[1]?.replace(/^_(?=\w)/, '') ?? '';
  return keywords.test(name) ? '' : name;
}

/** The name of a private method, which TypeScript makes `_Class_method` of. */
export function privateName(name: string, className: string): string {
  const compiled = `_${className}_`;
  return name.startsWith(compiled) ? `#${name.slice(compiled.length)}` : name;
}
