// Prints what a program can see of opossum.
import CircuitBreaker from 'opossum';
import CircuitBreaker8 from 'opossum-8';

const print = (...words) => console.log(...words);
const turn = (milliseconds = 5) => new Promise((resolve) => setTimeout(resolve, milliseconds));
process.on('unhandledRejection', (error) => print('unhandled', error.message));
const frames = ({ stack }) => stack.split('\n').slice(0, 2).join();

for (const Breaker of [CircuitBreaker, CircuitBreaker8]) {
  print(Breaker.name, Breaker.length, Reflect.ownKeys(Breaker.prototype).map(String).join());
  const { open, close, call } = Breaker.prototype;
  print(...[open, close, call].flatMap(({ name, length }) => [name, length]));
  const breaker = new (class Mine extends Breaker {})(
    function action(what, value) {
      print(this?.constructor?.name, value);
      if (what === 'throw') throw new Error('thrown');
      return what === 'reject'
        ? Promise.reject(new Error('rejected'))
        : what === 'hang'
          ? new Promise(() => {})
          : value;
    },
    { timeout: 20, resetTimeout: 20, errorThresholdPercentage: 60 },
  );
  print(breaker instanceof Breaker, Reflect.ownKeys(breaker).map(String).join(), breaker.eventNames().join());
  for (const name of breaker.eventNames()) print(name, breaker.listenerCount(name));
  for (const name of ['success', 'failure', 'timeout', 'reject', 'open', 'halfOpen', 'close', 'fallback', 'fire']) {
    breaker.on(name, () => print('event', name));
  }
  let tick = 0;
  void (async () => {
    for (; tick < 200; tick++) await null;
  })();
  const at = (what) => () => print(what, tick);
  const fired = breaker.fire('works', 1);
  void fired.then(at('fired'));
  print(fired.constructor.name, Object.keys(fired).length);
  print(await breaker.call({ constructor: { name: 'context' } }, 'works', 2));
  for (const what of ['throw', 'reject', 'hang']) {
    await breaker.fire(what).catch((error) => print(error.code, frames(error).includes('opossum'), error.message));
  }
  void breaker.fire('reject');
  await turn();
  print(breaker.opened, breaker.closed);
  await breaker.fire('works', 3).catch((error) => print(error.code, error.message));
  await turn(40);
  print(breaker.halfOpen, breaker.pendingClose);
  print(await breaker.fire('works', 4), breaker.closed);
  breaker.fallback((what, value, error) => (value === 5 ? 'fallback' : Promise.reject(error)));
  print(await breaker.fire('reject', 5));
  void breaker.fire('reject', 6);
  await turn();
  breaker.shutdown();
  await breaker.fire('works').catch((error) => print(error.code));
}
