// Calls that fail, one that is made all the same, and one that lets the process end before it is due.
import { allTasks, loop, takeReport } from 'loopscope';
import { renderText } from '../../src/reporters/text.ts';

let last: ReturnType<typeof loop.callSoon>;
process.on('uncaughtException', (error) => console.log(`uncaughtException: ${error.message} · ${outcome()}`));
process.on('unhandledRejection', (error) =>
  console.log(`unhandledRejection: ${(error as Error).message} · ${outcome()}`),
);

function outcome(): string | undefined {
  return last.settlement?.outcome;
}

last = loop.callSoon(() => {
  throw new Error('thrown in a call');
});
await new Promise<void>((resolve) => {
  loop.callSoon(() => {
    console.log('called after it');
    resolve();
  });
});
last = loop.callSoon(async () => {
  throw new Error('rejected in a call');
});
await new Promise((resolve) => {
  setTimeout(resolve, 10);
});
loop.callLater(60_000, function refresh() {}).unref();
if (allTasks().length !== 1) throw new Error('a call is listed that was made');
const line = renderText(takeReport('asked'))
  .split('\n')
  .find((each) => each.includes('called in'));
console.log(`the report says: ${line?.trim().replace(/#\d+ · \d+ ms · called in .*/, '#N · called in T')}`);
