// The program lives on after an error that nobody sees: it only says so.
import { EventEmitter } from 'node:events';
import { setTimeout as later } from 'node:timers/promises';

process.on('unhandledRejection', () => console.log('something failed'));
const orders = new EventEmitter();
orders.on('order', async () => {
  await later(10);
  throw new Error('no mail server'); // the mistake: nobody can catch it
});
orders.emit('order');
await later(100);
