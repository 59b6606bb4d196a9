// Prints what a program can see of ioredis 5.
import { Command, Redis } from 'ioredis-5';
import { show } from './parts/ioredis-unchanged.mjs';

await show({ Command, Redis });
