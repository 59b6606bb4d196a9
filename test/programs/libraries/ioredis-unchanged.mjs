// Prints what a program can see of ioredis.
import { Command, Redis } from 'ioredis';
import { show } from './parts/ioredis-unchanged.mjs';

await show({ Command, Redis });
