// Functions that were not in a file: eval and new Function, with and without a name of their source.
/* oxlint-disable no-eval, typescript/no-implied-eval */
globalThis.held = [];
globalThis.hang = () => new Promise((resolve) => globalThis.held.push(resolve));

const evaluated = eval(`(async function evaluated() {
  await hang();
})`);
const named = eval(`(async function named() {
  const text = 'in a named script'; await hang(text);
})
//# sourceURL=named-script.js`);
const AsyncFunction = evaluated.constructor;
const made = new AsyncFunction('name', 'return await hang(name)');
const factory = new Function(`return async function produced() {
  await hang();
}`);

async function main() {
  await Promise.all([evaluated(), named(), made('x'), factory()()]); // suspended: main
}

void main();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// elsewhere: evaluated * 2:3
// elsewhere: named named-script.js 2:37
// elsewhere: (anonymous) * 3:8
// elsewhere: produced * 4:3
// chain: main → all[0/4] → evaluated → [* found held]
// chain: main → all[3/4] → produced → [* found held]
