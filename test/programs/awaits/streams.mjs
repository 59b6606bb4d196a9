// Streams that stand still: nobody writes, nobody reads.
import { createInterface } from 'node:readline/promises';
import { PassThrough, Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';

const streams = [];

function stream() {
  const made = new PassThrough();
  streams.push(made);
  return made;
}

async function readsAll() {
  for await (const chunk of stream()) void chunk; // suspended: readsAll
}

async function copies() {
  await pipeline(stream(), stream()); // suspended: copies
}

async function transforms() {
  await pipeline(
    stream(),
    async function* (source) {
      for await (const chunk of source) yield chunk; // suspended: (anonymous)*
    },
    stream(),
  ); // suspended: transforms @-6:3
}

async function waitsForTheEnd() {
  await finished(stream()); // suspended: waitsForTheEnd
}

async function collects() {
  return await text(stream()); // suspended: collects
}

async function readsLines() {
  for await (const line of createInterface({ input: stream() })) void line; // suspended: readsLines
}

async function asks() {
  const answer = await createInterface({ input: stream(), output: stream() }).question('name?'); // suspended: asks
  return answer;
}

async function readsFromTheWeb() {
  const web = new ReadableStream();
  streams.push(web);
  await web.getReader().read(); // suspended: readsFromTheWeb
}

async function waitsForRoom() {
  const slow = stream();
  slow.write(Buffer.alloc(100_000));
  await new Promise((resolve) => slow.once('drain', resolve)); // suspended: waitsForRoom
}

async function* source() {
  await new Promise((resolve) => streams.push(resolve)); // suspended: source*
  yield 'never';
}

async function readsFromGenerator() {
  for await (const chunk of Readable.from(source())) void chunk; // suspended: readsFromGenerator
}

const all = [readsAll, copies, transforms, waitsForTheEnd, collects, readsLines, asks, readsFromTheWeb];
for (const one of [...all, waitsForRoom, readsFromGenerator]) void one();
setTimeout(() => process.exit(), 60_000);
setTimeout(console.log, 50, 'READY');

// chain: readsAll → ... → [stream found]
// chain: copies → ... → [stream found]
// chain: waitsForTheEnd → ... → [stream found]
// chain: waitsForRoom → [stream|event found]
// chain: source → [* found streams]
