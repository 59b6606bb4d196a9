// Async generators: what is asked of them, one by one and several at once.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

async function* rows() {
  yield 1;
  await hang(); // suspended: rows* ×3
  yield 2;
}

async function* pages() {
  yield 0;
  yield* rows(); // suspended: pages* ×2
}

async function consume() {
  for await (const page of pages()) void page; // suspended: consume
}

async function asksTwice() {
  const iterator = pages();
  await iterator.next();
  await iterator.next();
  const requests = [iterator.next(), iterator.next()];
  await Promise.race(requests); // suspended: asksTwice
}

async function asksOnce() {
  const iterator = rows();
  await iterator.next();
  const [, third] = [iterator.next(), iterator.next()];
  return await third; // suspended: asksOnce
}

async function* yieldsWhatIsPending() {
  yield hang(); // suspended: yieldsWhatIsPending*
}

// oxlint-disable-next-line require-yield -- an async generator awaits what it returns
async function* returnsWhatIsPending() {
  return hang(); // suspended: returnsWhatIsPending* @10
}

async function overPromises() {
  for await (const value of [hang(), hang()]) void value; // suspended: overPromises
}

class Feed {
  async *[Symbol.asyncIterator]() {
    yield 'first';
    await hang(); // suspended: Feed.[Symbol.asyncIterator]*
  }
}

async function overFeed() {
  for await (const item of new Feed()) void item; // suspended: overFeed
}

async function inTheBody() {
  for await (const row of rows()) {
    await hang(row); // suspended: inTheBody
  }
}

async function idle(iterator) {
  await iterator.next();
}

for (const one of [consume, asksTwice, asksOnce, overPromises, overFeed, inTheBody]) void one();
void yieldsWhatIsPending().next();
void returnsWhatIsPending().next();
// Suspended at a yield, not at an await: nobody asks it for more.
const asleep = rows();
void idle(asleep);
setTimeout(() => process.exit(asleep.length), 60_000);
setImmediate(console.log, 'READY');

// chain: consume → pages#1 → rows#1 → [* found held]
// chain: asksTwice → race → pages#1 → rows#1
// chain: asksTwice → race → pages#2 → rows#1
// chain: asksOnce → rows#2 → [*]
// chain: overPromises → ... → [* found held]
// chain: overFeed → Feed.[Symbol.asyncIterator]#1 → [*]
// chain: inTheBody → [* found held]
