// BullMQ, as stuck as the part says.
import { Queue, QueueEvents, Worker } from 'bullmq';
import { start } from './parts/bullmq-stuck.mjs';

await start({ Queue, QueueEvents, Worker });
