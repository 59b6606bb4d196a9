// An embedded PostgreSQL in a thread of its own: it computes for seconds when it starts, which no loop of an example should.
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { parentPort } from 'node:worker_threads';

const db = await PGlite.create();
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 10 });
await server.start();
parentPort?.postMessage(server.getServerConn());
