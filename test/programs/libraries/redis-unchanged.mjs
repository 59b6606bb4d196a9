// Prints what a program can see of node-redis.
import { createClient, createClientPool } from 'redis';
import { show } from './parts/redis-unchanged.mjs';

await show({ createClient, createClientPool });
