// CommonJS: functions of a file and of what it requires.
const { second } = require('./required.cjs');

const held = [];

async function first() {
  await new Promise((resolve) => held.push(resolve)); // suspended: first
}

module.exports = async () => {
  await Promise.all([first(), second(held)]); // suspended: module.exports
};

void module.exports();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: module.exports → all[0/2] → first → [* found held]
// chain: module.exports → all[1/2] → exports.second → [* found held]
