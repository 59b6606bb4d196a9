// BullMQ 5, as stuck as the part says.
import { Queue, QueueEvents, Worker } from 'bullmq-5';
import { start } from './parts/bullmq-stuck.mjs';

await start({ Queue, QueueEvents, Worker });
