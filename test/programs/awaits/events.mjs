// Events that never come.
import { EventEmitter, on, once } from 'node:events';

const orders = new EventEmitter();
const target = new EventTarget();

class Shop extends EventEmitter {
  async open() {
    await once(this, 'delivery'); // suspended: Shop.open
  }
}

const shop = new Shop();

async function waitsForOne() {
  const [order] = await once(orders, 'order'); // suspended: waitsForOne ×2
  return order;
}

async function waitsForEach() {
  for await (const [order] of on(orders, 'order')) void order; // suspended: waitsForEach @26
}

async function waitsByHand() {
  await new Promise((resolve) => orders.on('paid', resolve)); // suspended: waitsByHand
}

async function waitsForTarget() {
  await new Promise((resolve) => target.addEventListener('open', resolve)); // suspended: waitsForTarget
}

async function waitsForTargetOnce() {
  await once(target, 'close'); // suspended: waitsForTargetOnce
}

async function waitsForSignal() {
  const controller = new AbortController();
  controllers.push(controller);
  await once(controller.signal, 'abort'); // suspended: waitsForSignal
}

const controllers = [];
for (const one of [waitsForOne, waitsForOne, waitsForEach, waitsByHand, waitsForTarget, waitsForTargetOnce]) void one();
void waitsForSignal();
void shop.open();
setTimeout(() => process.exit(), 60_000);
setImmediate(console.log, 'READY');

// chain: waitsForOne → [event found "order"] ×2
// chain: waitsForEach → ... → [event found "order"]
// chain: waitsByHand → [event found "paid"]
// chain: waitsForTarget → [event found]
// chain: waitsForTargetOnce → [event found]
// chain: Shop.open → [event found "delivery"]
// chain: waitsForSignal → [event found]
