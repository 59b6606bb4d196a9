// A server that reads its page from disk in each request, and waits for the disk meanwhile.
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';

interface Page {
  readonly title: string;
}

function render(page: Page, response: ServerResponse): void {
  const parts = [];
  for (let part = 0; part < 5; part++) parts.push(readFileSync(import.meta.filename, 'utf8'));
  response.end(page.title + parts.join('\n'));
}

createServer((_request, response) => render({ title: 'home' }, response)).listen(0);
