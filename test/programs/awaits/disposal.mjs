// Functions that wait for what they close at their end. V8 has no position for that await: it says the last one before it, also
// in its own stacks. Node 22 does not know the syntax.
const held = [];
const hang = () => new Promise((resolve) => held.push(resolve));

class Connection {
  async [Symbol.asyncDispose]() {
    await hang(); // suspended: Connection.[Symbol.asyncDispose] ×2
  }
}

async function closes() {
  await using connection = new Connection();
  held.push(connection); // suspended: closes @8
}

async function closesInBlock(connections) {
  for (const one of connections) {
    await using _connection = one; // suspended: closesInBlock @31
  }
}

void closes();
void closesInBlock([new Connection()]);
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: closes → Connection.[Symbol.asyncDispose] → [* found held]
