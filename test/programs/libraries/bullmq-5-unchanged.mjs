// Prints what a program can see of BullMQ 5.
import { FlowProducer, Queue, QueueEvents, Worker } from 'bullmq-5';
import { show } from './parts/bullmq-unchanged.mjs';

await show({ FlowProducer, Queue, QueueEvents, Worker });
