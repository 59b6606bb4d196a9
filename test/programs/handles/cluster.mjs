// A server in a worker process of a cluster, whose socket is in the primary.
import cluster from 'node:cluster';
import { createServer } from 'node:http';

if (cluster.isPrimary) cluster.fork();
else createServer().listen(0, '127.0.0.1');
