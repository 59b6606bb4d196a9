// Prints what a program can see of BullMQ.
import { FlowProducer, Queue, QueueEvents, Worker } from 'bullmq';
import { show } from './parts/bullmq-unchanged.mjs';

await show({ FlowProducer, Queue, QueueEvents, Worker });
