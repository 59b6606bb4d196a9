// Disables and enables libraries while the program runs; `hook.js` is the first argument.
const { disableLibrary, enableLibrary } = await import(process.argv[2]);
const { default: PQueue } = await import('p-queue');
const { default: pRetry } = await import('p-retry');
const { takeReport } = await import(process.argv[3]);

const kept = { ...Object.getOwnPropertyDescriptors(PQueue.prototype) };
const isSame = () => ['add', 'clear', 'onIdle'].every((name) => PQueue.prototype[name] === kept[name].value);
const never = () => new Promise(() => {});
const queue = new PQueue();
const seen = () => takeReport().tasks.length;

void queue.add(never);
console.log(seen(), isSame());
disableLibrary('p-queue');
disableLibrary('p-queue');
void queue.add(never);
console.log(seen(), isSame());
const original = PQueue.prototype.add;
enableLibrary('p-queue');
void queue.add(never);
console.log(seen(), isSame(), original === PQueue.prototype.add);
disableLibrary('p-queue');
console.log(original === PQueue.prototype.add);
disableLibrary('p-retry');
void pRetry(never);
console.log(seen());
process.exit();
