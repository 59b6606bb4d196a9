// A thread that looks through chunks of memory beside the main one.
import { parentPort, workerData } from 'node:worker_threads';
import { openSpace } from './open-space.ts';
import { scanChunks, type ScanRequest, type ScanTask } from './scan.ts';

const { source } = workerData as ScanTask;
const space = openSpace(source);

parentPort?.on('message', (request: ScanRequest) => {
  const finds = scanChunks(space, request);
  parentPort?.postMessage(finds, [finds.pairs.buffer as ArrayBuffer]);
});
