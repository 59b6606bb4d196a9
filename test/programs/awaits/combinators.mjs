// Promises of promises: which of them are pending, by their places.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));
const done = () => Promise.resolve('done');

async function reply(name) {
  await hang(); // suspended: reply ×11
  return name;
}

async function waitsForAll() {
  await Promise.all([done(), reply('a'), done(), hang(), 'no promise']); // suspended: waitsForAll
}

async function waitsForAllSettled() {
  await Promise.allSettled([reply('a'), Promise.reject(new Error('late')), reply('b')]); // suspended: waitsForAllSettled
}

async function waitsForAny() {
  await Promise.any([Promise.reject(new Error('late')), hang(), reply('a')]); // suspended: waitsForAny
}

async function waitsForTheFirst() {
  await Promise.race([reply('a'), reply('b')]); // suspended: waitsForTheFirst
}

async function waitsForNested() {
  const [[first], second] = await Promise.all([
    // suspended: waitsForNested @-1:29
    Promise.all([reply('a'), done()]),
    Promise.race([reply('b'), Promise.allSettled([done(), reply('c')])]),
  ]);
  return first + second;
}

async function waitsForWhatIsRacing() {
  const request = reply('shared');
  await Promise.all([Promise.race([request, hang()]), request]); // suspended: waitsForWhatIsRacing
}

async function waitsForOneOfMany() {
  const inputs = Array.from({ length: 100 }, (_, index) => (index === 70 ? reply('70') : done()));
  return (await Promise.all(inputs)).length; // suspended: waitsForOneOfMany
}

async function main() {
  const all = [waitsForAll(), waitsForAllSettled(), waitsForAny(), waitsForTheFirst(), waitsForNested()];
  await Promise.all([...all, waitsForWhatIsRacing(), waitsForOneOfMany()]); // suspended: main
}

void main();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: main → all[0/7] → waitsForAll → all[1/5] → reply → [* found held]
// chain: main → all[0/7] → waitsForAll → all[3/5] → [* found held]
// chain: main → all[1/7] → waitsForAllSettled → allSettled[0/3] → reply
// chain: main → all[1/7] → waitsForAllSettled → allSettled[2/3] → reply
// chain: main → all[2/7] → waitsForAny → any[1] → [*]
// chain: main → all[2/7] → waitsForAny → any[2] → reply
// chain: main → all[3/7] → waitsForTheFirst → race → reply
// chain: main → all[4/7] → waitsForNested → all[0/2] → all[0/2] → reply
// chain: main → all[4/7] → waitsForNested → all[1/2] → race → reply
// chain: main → all[4/7] → waitsForNested → all[1/2] → race → allSettled[1/2] → reply
// chain: main → all[5/7] → waitsForWhatIsRacing → all[0/2] → race → reply
// chain: main → all[5/7] → waitsForWhatIsRacing → all[1/2] → reply
// chain: main → all[6/7] → waitsForOneOfMany → all[70/100] → reply
