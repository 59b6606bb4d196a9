// What is compressed at once keeps everybody waiting.
import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

async function archive(data) {
  return gzipSync(data); // the mistake
}

const data = randomBytes(24_000_000);
await later(300);
await archive(data);
