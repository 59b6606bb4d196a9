// node-redis 5, as stuck as the part says.
import { createClient, createClientPool } from 'redis-5';
import { start } from './parts/redis-stuck.mjs';

await start({ createClient, createClientPool });
