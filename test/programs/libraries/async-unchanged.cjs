// Prints what a program can see of async; of the version in the variable.
const async = process.env.ASYNC === 'async-2' ? require('async-2') : require('async');

const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));

const names = ['queue', 'priorityQueue', 'cargo', 'eachLimit', 'mapLimit', 'parallelLimit', 'retry', 'eachSeries'];
for (const name of names) print(async[name].name, async[name].length);
const later = (value, done) => setTimeout(() => done(value === 3 ? new Error('three') : null, value * 2), 1);
const queue = async.queue(later, 2);
print(Reflect.ownKeys(queue).map(String).join(), queue.push.length, queue.concurrency);
const told = (name) => (error, value) => print(name, error?.message, value);
let tick = 0;
void (async () => {
  for (; tick < 500; tick++) await null;
})();
print(typeof queue.push([1, 2, 3], told('item')), queue.length(), queue.running(), queue.idle());
queue.unshift(0, told('first'));
queue.push(9, told('removed'));
queue.remove(({ data }) => data === 9);
const seen = [];
async.eachLimit(
  [1, 2, 3, 4],
  2,
  (value, done) => (seen.push(value), later(value, done)),
  (error) => {
    print(seen.join(), error.message);
  },
);
async.mapLimit(
  [1, 2],
  1,
  async (value) => value + 1,
  (error, values) => print(error, values.join()),
);
async.mapSeries([], later, (error, values) => print(error, values.length));
async.parallelLimit([(done) => done(null, 'a', 'b'), (done) => done(null, 'c')], 2, (error, values) =>
  print(error, JSON.stringify(values)),
);
async.eachLimit(
  { a: 1, b: 2 },
  1,
  (value, done) => done(),
  (error) => print('object', error),
);
let tries = 0;
async.retry({ times: 3, interval: 60 }, (done) => done(tries++ < 2 ? new Error('again') : null, tries), told('retry'));
async.retry({ times: 2, interval: 90 }, (done) => done(new Error('no')), told('gave up'));
try {
  async.retry(2, 'nothing');
} catch (error) {
  print(error.message);
}
const twice = async.queue((value, done) => {
  done();
  try {
    done();
  } catch (error) {
    print(error.message);
  }
}, 1);
twice.push(1, told('twice'));
const cargo = async.cargo((items, done) => (print(items.join()), done()), 2);
for (const item of [1, 2, 3]) cargo.push(item);
const urgent = async.priorityQueue((item, done) => (print('urgent', item), done()), 1);
urgent.push('later', 2);
urgent.push('now', 1);
