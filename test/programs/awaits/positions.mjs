// An await in every place where it may stand: which of several in a line it is, and which in a function.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));
const done = (value) => Promise.resolve(value);
const add = (...numbers) => numbers.length;

const functions = [
  async function secondOfTwo() {
    return add(await done(1), await hang()); // suspended: secondOfTwo @31
  },
  async function firstOfTwo() {
    return add(await hang(), await done(1)); // suspended: firstOfTwo
  },
  async function afterOthers() {
    await done(1);
    for (let index = 0; index < 5; index++) await done(index);
    try {
      await Promise.reject(new Error('late'));
    } catch {
      await done(2);
    }
    await hang(); // suspended: afterOthers
    await done(3);
  },
  async function inTry() {
    try {
      await hang(); // suspended: inTry
    } catch {
      await done(1);
    }
  },
  async function inCatch() {
    try {
      await Promise.reject(new Error('late'));
    } catch {
      await hang(); // suspended: inCatch
    }
  },
  async function inFinally() {
    try {
      await done(1);
    } finally {
      await hang(); // suspended: inFinally
    }
  },
  async function inLoopHead() {
    for (let index = await hang(); index < 5; index++) add(index); // suspended: inLoopHead
  },
  async function inLoopTest() {
    while (await hang()) add(1); // suspended: inLoopTest
  },
  async function inTheThirdTurn() {
    for (let turn = 0; turn < 10; turn++) {
      if (turn === 3) await hang(); // suspended: inTheThirdTurn
      else await done(turn);
    }
  },
  async function inTemplate() {
    return `${await done(1)} and ${await hang()}`; // suspended: inTemplate @36
  },
  async function inCondition() {
    return (await done(true)) ? (await done(false)) || (await hang()) : await done(1); // suspended: inCondition @57
  },
  async function inLiteral() {
    return { first: await done(1), [await done('second')]: await hang() }; // suspended: inLiteral @60
  },
  async function inSwitch() {
    switch (await done(2)) {
      case await done(1):
        return 1;
      case await hang(): // suspended: inSwitch
        return 2;
      default:
        return 3;
    }
  },
  async function inDestructuring() {
    const { a = await hang() } = await done({}); // suspended: inDestructuring @17
    return a;
  },
  async function inSpread() {
    return [...(await done([1])), ...(await hang())]; // suspended: inSpread @39
  },
  async function inChain() {
    return (await done({ get: hang })).missing?.value ?? (await hang()); // suspended: inChain @59
  },
  async function inArguments() {
    return await add(await done(1), await add(await hang())); // suspended: inArguments @47
  },
  async function inReturn() {
    return await hang(); // suspended: inReturn
  },
  async function acrossLines() {
    return await // suspended: acrossLines
    hang();
  },
  async function inLabel() {
    outer: for (const turn of [1, 2]) {
      for (const inner of [1, 2]) {
        if (inner === 2) continue outer;
        await (turn === 2 ? hang() : done(1)); // suspended: inLabel
      }
    }
  },
  async function inThrow() {
    throw await hang(); // suspended: inThrow
  },
  async function ofNoPromise() {
    await 1;
    await null;
    await hang(); // suspended: ofNoPromise
  },
  async function inAssignment() {
    let sum = 1;
    sum += await hang(); // suspended: inAssignment
    return sum;
  },
  async function inForOf() {
    for (const value of await hang()) add(value); // suspended: inForOf
  },
  async function inImport() {
    const { join } = await import('node:path');
    await hang(join('a', 'b')); // suspended: inImport
  },
];

for (const one of functions) void one();
setTimeout(() => process.exit(), 60_000);
setTimeout(console.log, 50, 'READY');
