// Prints what a program can see of cockatiel.
import * as cockatiel4 from 'cockatiel';
import * as cockatiel3 from 'cockatiel-3';

const print = (...words) => console.log(...words);
process.on('unhandledRejection', (error) => print('unhandled', error.message));
let tick = 0;
function start() {
  tick = 0;
  void (async () => {
    for (; tick < 100; tick++) await null;
  })();
}
const at = (what) => (value) => print(what, tick, value);

for (const library of /** @type {any[]} */ ([cockatiel4, cockatiel3])) {
  const { bulkhead, circuitBreaker, ConsecutiveBreaker, handleAll, handleType, retry, timeout, TimeoutStrategy, wrap } =
    library;
  const makers = [
    () => retry(handleAll, { maxAttempts: 2 }),
    () => retry(handleType(TypeError), { maxAttempts: 2 }),
    () => circuitBreaker(handleAll, { halfOpenAfter: 5, breaker: new ConsecutiveBreaker(1) }),
    () => timeout(20, TimeoutStrategy.Cooperative),
    () => timeout(20, TimeoutStrategy.Aggressive),
    () => bulkhead(1, 1),
  ];
  for (const make of makers) {
    const policy = make();
    const { constructor } = policy;
    print(constructor.name, constructor.length, Reflect.ownKeys(policy).map(String).join(), policy.execute.length);
    policy.onSuccess(() => print('success'));
    policy.onFailure(({ handled, reason }) => print('failure', handled, Object.keys(reason).join()));
    policy.onRetry?.(({ attempt, delay }) => print('retry', attempt, delay));
    policy.onGiveUp?.((result) => print('gave up', Object.keys(result).join()));
    policy.onStateChange?.((state) => print('state', state));
    policy.onReject?.(() => print('rejected'));
    start();
    const called = policy.execute(function run(context) {
      print(this === undefined, Object.keys(context).join());
      return 1;
    });
    print(called.constructor.name);
    await called.then(at('value'));
    start();
    const failed = [1, 2, 3].map((number) =>
      policy.execute(async () => {
        throw new Error(`error ${number}`);
      }),
    );
    await Promise.all(failed.map((promise) => promise.catch(({ message }) => at('failed')(message))));
    await new Promise((resolve) => setTimeout(resolve, 10));
    void policy.execute(() => {
      throw new Error('that nobody handles');
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    start();
    await Promise.all(
      [policy.execute(async () => 2), policy.execute(() => 3)].map((promise) => promise.then(at('two'), at('no'))),
    );
    await policy.execute(5).catch((error) => print(error.name));
  }
  const both = wrap(retry(handleAll, { maxAttempts: 1 }), timeout(10, TimeoutStrategy.Aggressive));
  await both.execute(() => new Promise(() => {})).catch((error) => print(error.name, error.message));
}
