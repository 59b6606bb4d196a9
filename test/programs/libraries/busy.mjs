// Has many requests that are not answered, and knows nothing of loopscope.
import http from 'node:http';

let left = 31;
const server = http.createServer(() => void left--);
// In none of their contexts: the request whose code runs at the end would not be like the others.
setInterval(() => left === 0 && process.exit(), 20);
await new Promise((resolve) => server.listen(0, 'localhost', resolve));
const paths = Array.from({ length: 30 }, (_, index) => (index % 3 === 2 ? '/slow' : `/u/${index}`));
for (const path of [...paths, '/one/1']) {
  http.get({ host: 'localhost', port: server.address().port, path, agent: false }).on('error', () => {});
}
