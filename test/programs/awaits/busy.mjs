// Three hundred requests hang while sixty loops do work that never stands still: 20,000 awaits a second and much garbage.
import { setTimeout as sleep } from 'node:timers/promises';

const waiting = new Map();

async function query(id) {
  await new Promise((resolve) => waiting.set(id, resolve)); // suspended: query ×300
  return id;
}

async function handler(id) {
  const value = await query(id); // suspended: handler ×300
  return value;
}

async function request(id) {
  try {
    return await handler(id); // suspended: request ×300
  } finally {
    waiting.delete(id);
  }
}

async function compute(round) {
  const rows = [];
  for (let index = 0; index < 300; index++) rows.push({ index, text: `x${index}`, tags: [index] });
  await sleep(1); // suspended: compute ×0-60
  await null; // suspended: compute ×0-60
  return rows.length + (await nap(round)); // suspended: compute ×0-60
}

async function nap(round) {
  await sleep(1); // suspended: nap ×0-60
  return round;
}

async function loop() {
  for (let round = 0; ; round++) await compute(round); // suspended: loop ×0-60
}

for (let id = 0; id < 300; id++) void request(id);
for (let index = 0; index < 60; index++) void loop();
setTimeout(() => process.exit(), 60_000);
setTimeout(console.log, 300, 'READY');

// chain: request → handler → query → [* found waiting] ×300
