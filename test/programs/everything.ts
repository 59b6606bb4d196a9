// Uses every primitive, and then stays as it is until it is told to end: something for Prometheus to look at.
import { useEverything } from '../support/use-everything.ts';

const kept = await useEverything();
const until = performance.now() + Number(process.argv[2] ?? 0);
while (performance.now() < until);
console.log('ready');
process.stdin.on('end', () => process.exit(kept.length > 0 ? 0 : 1)).resume();
