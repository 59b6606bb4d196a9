// A server that looks after each of its sessions with a timer of its own, each millisecond.
import { createServer } from 'node:http';

interface Session {
  id: number;
  checkedAt: number;
}

const sessions: Session[] = Array.from({ length: 3000 }, (_, id) => ({ id, checkedAt: 0 }));
for (const session of sessions) {
  setInterval(() => {
    session.checkedAt = Date.now();
  }, 1);
}

createServer((_request, response) => {
  response.end('hello');
}).listen(0);
