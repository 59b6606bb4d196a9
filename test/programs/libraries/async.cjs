// Hangs in queues, a limit and a retry of async, and knows nothing of loopscope.
const async = process.env.ASYNC === 'async-2' ? require('async-2') : require('async');

const mails = async.queue(async function send() {
  await new Promise(() => {});
}, 1);
const tickets = async.priorityQueue((ticket, done) => ticket.never(done), 1);
const cargo = async.cargo((items, done) => void done, 2);

void mails.push(['ada', 'bob']);
mails.remove(({ data }) => data === 'bob');
void mails.push('eve');
tickets.push({ never() {} }, 2, () => {});
cargo.push([1, 2, 3], () => {});

function load(id, done) {
  if (id === 1) done();
}
async.eachLimit([1, 2, 3, 4], 2, load, () => {});
async.mapLimit(
  [1, 2],
  2,
  async (id) => id,
  () => {},
);

let asked = 0;
function ask(done) {
  asked++;
  done(new Error(`no ${asked}`));
}
async.retry({ times: 5, interval: (count) => (count === 2 ? 60_000 : 1) }, ask, () => {});
async.retry(
  2,
  (done) => done(null, 1),
  () => {},
);
const killed = async.queue(() => {}, 1);
killed.pause();
killed.push(1, () => {});
killed.kill();
setImmediate(() => setTimeout(() => process.exit(), 60));
