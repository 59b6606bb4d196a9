// Every library that the hook knows: one line each. A file is loaded when the program loads the library.
import { load } from '../src/runtime/load.ts';
import type { Library } from './hook-library.ts';

/** By the name in its package.json: what loads its entry. */
export const libraries: ReadonlyMap<string, () => Library> = new Map([
  ['async', () => (load(import.meta.url, './async') as typeof import('./async.ts')).asyncLibrary],
  ['async-lock', () => (load(import.meta.url, './async-lock') as typeof import('./async-lock.ts')).asyncLock],
  ['async-mutex', () => (load(import.meta.url, './async-mutex') as typeof import('./async-mutex.ts')).asyncMutex],
  ['async-sema', () => (load(import.meta.url, './async-sema') as typeof import('./async-sema.ts')).asyncSema],
  ['bottleneck', () => (load(import.meta.url, './bottleneck') as typeof import('./bottleneck.ts')).bottleneck],
  ['bullmq', () => (load(import.meta.url, './bullmq') as typeof import('./bullmq.ts')).bullmq],
  ['cockatiel', () => (load(import.meta.url, './cockatiel') as typeof import('./cockatiel.ts')).cockatiel],
  ['fastq', () => (load(import.meta.url, './fastq') as typeof import('./fastq.ts')).fastq],
  ['generic-pool', () => (load(import.meta.url, './generic-pool') as typeof import('./generic-pool.ts')).genericPool],
  ['ioredis', () => (load(import.meta.url, './ioredis') as typeof import('./ioredis.ts')).ioredis],
  ['mysql2', () => (load(import.meta.url, './mysql2') as typeof import('./mysql2.ts')).mysql2],
  ['opossum', () => (load(import.meta.url, './opossum') as typeof import('./opossum.ts')).opossum],
  ['p-limit', () => (load(import.meta.url, './p-limit') as typeof import('./p-limit.ts')).pLimit],
  ['p-map', () => (load(import.meta.url, './p-map') as typeof import('./p-map.ts')).pMap],
  ['pg', () => (load(import.meta.url, './pg') as typeof import('./pg.ts')).pg],
  ['pg-pool', () => (load(import.meta.url, './pg-pool') as typeof import('./pg-pool.ts')).pgPool],
  ['p-queue', () => (load(import.meta.url, './p-queue') as typeof import('./p-queue.ts')).pQueue],
  ['p-retry', () => (load(import.meta.url, './p-retry') as typeof import('./p-retry.ts')).pRetry],
  ['@redis/client', () => (load(import.meta.url, './redis') as typeof import('./redis.ts')).redis],
  ['tarn', () => (load(import.meta.url, './tarn') as typeof import('./tarn.ts')).tarn],
  ['piscina', () => (load(import.meta.url, './piscina') as typeof import('./piscina.ts')).piscina],
  ['tinypool', () => (load(import.meta.url, './tinypool') as typeof import('./tinypool.ts')).tinypool],
  ['p-timeout', () => (load(import.meta.url, './p-timeout') as typeof import('./p-timeout.ts')).pTimeout],
]);

/** Packages that are parts of another, by whose name they are disabled, too. */
export const partOf: ReadonlyMap<string, string> = new Map([
  ['@redis/client', 'redis'],
  ['pg-pool', 'pg'],
]);
