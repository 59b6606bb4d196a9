// Most functions of this program were never called, and the code of those that were is thrown away when it is old: run
// with --expose-gc --stress-flush-code. The suspended ones must keep theirs.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

function neverCalled() {
  return async () => {
    await hang();
  };
}

async function calledLater() {
  const value = await hang();
  return neverCalled(value);
}

function calledOnce() {
  const inner = async () => {
    await hang(); // suspended: inner
  };
  return inner();
}

const service = {
  async start() {
    const step = async (name) => {
      if (name === 'last') await hang(); // suspended: step
      return name;
    };
    await step('first');
    await step('last'); // suspended: start
    await calledLater();
  },
};

async function* rows() {
  yield 1;
  yield await hang(); // suspended: rows*
}

async function read() {
  for await (const row of rows()) void row; // suspended: read
}

void calledOnce();
void service.start();
void read();
setTimeout(() => process.exit(), 60_000);
let collections = 0;
const collecting = setInterval(() => {
  globalThis.gc();
  if (++collections < 10) return;
  clearInterval(collecting);
  console.log('READY');
}, 1);

// chain: start → step → [* found held]
// chain: read → rows#1 → [* found held]
