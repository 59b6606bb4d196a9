import { settings } from './settings.mjs';

async function connect() {
  await new Promise((resolve) => settings.waiting.push(resolve)); // suspended: connect
}

async function loadPlugin() {
  const plugin = await import('./plugin.mjs'); // suspended: loadPlugin
  return plugin;
}

setTimeout(() => process.exit(), 60_000);
void loadPlugin();
setImmediate(() => setImmediate(() => setTimeout(console.log, 50, 'READY')));
await connect(); // suspended: (module)
export const connected = true;

// chain: (module) → connect → [* found]
// chain: loadPlugin → ... → (module) → [* found]
