// Reactions between an await and what it waits for.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

async function request() {
  await hang(); // suspended: request ×5
}

async function thenOnce() {
  await request().then(() => 'done'); // suspended: thenOnce
}

async function thenTwice() {
  const answer = await request() // suspended: thenTwice
    .then(function parse(text) {
      return text.length;
    })
    .then((length) => length + 1);
  return answer;
}

async function catching() {
  return await request().catch(() => 'failed'); // suspended: catching
}

async function cleaning() {
  await request().finally(() => console.log('cleaned')); // suspended: cleaning
}

async function mixed() {
  const answer = request().then(() => 'done');
  await answer.catch(() => 'failed').finally(() => console.log('cleaned')); // suspended: mixed
}

// Its callback has returned a promise: what was made by `then` follows that.
async function thenMore() {
  await Promise.resolve().then(() => hang()); // suspended: thenMore
}

async function inTheBackground() {
  await hang(); // suspended: inTheBackground
}

void Promise.all([thenOnce(), thenTwice(), catching(), cleaning(), mixed(), thenMore()]);
void inTheBackground().then(function afterwards() {
  console.log('done');
});
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: thenOnce → then → request → [* found held]
// chain: thenTwice → then → then → request → [*]
// chain: catching → catch → request → [*]
// chain: cleaning → finally → request → [*]
// chain: mixed → finally → catch → then → request → [*]
// chain: thenMore → [* found held]
