// node-redis, as stuck as the part says.
import { createClient, createClientPool } from 'redis';
import { start } from './parts/redis-stuck.mjs';

await start({ createClient, createClientPool });
