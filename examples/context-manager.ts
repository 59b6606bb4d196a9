// S13, S31: is the connection closed whatever happens, and who still holds it?
//   node examples/context-manager.ts
//     prints `connected, queried, closed`, `connected, rolled back: constraint, closed`
//   npx loopscope run --otlp http://localhost:4318 -- examples/context-manager.ts
//     sends `run transfer`
import { asyncContextManager, createTask, sleep } from 'loopscope';

const events: string[] = [];
const note = (event: string): void => void events.push(event);

// a class: from Node 24 on `await using connection = await Connection.open();` closes it at the end of the block
class Connection implements AsyncDisposable {
  static async open(): Promise<Connection> {
    await sleep(5);
    note('connected');
    return new Connection();
  }

  async query(sql: string): Promise<void> {
    await sleep(2);
    if (sql.includes('twice')) throw new Error('constraint');
    note('queried');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await sleep(5);
    note('closed');
  }
}

// a generator: what comes before `yield` enters, what comes after leaves, and the error of the block arrives at the yield
const transaction = asyncContextManager(async function* transaction() {
  const connection = await Connection.open();
  try {
    yield connection;
  } catch (error) {
    note(`rolled back: ${(error as Error).message}`);
  } finally {
    await connection[Symbol.asyncDispose]();
  }
});

await createTask(
  async () => {
    await transaction().run((connection) => connection.query('SELECT 1'));
  },
  { name: 'transfer' },
);
console.log(events.splice(0).join(', '));

await transaction().run((connection) => connection.query('INSERT twice'));
console.log(events.splice(0).join(', '));
