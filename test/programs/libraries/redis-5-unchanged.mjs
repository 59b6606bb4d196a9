// Prints what a program can see of node-redis 5.
import { createClient, createClientPool } from 'redis-5';
import { show } from './parts/redis-unchanged.mjs';

await show({ createClient, createClientPool });
