// What `import 'loopscope'` loads beside loopscope itself.
import { createRequire } from 'node:module';

const before = new Set(process.moduleLoadList);
await import('loopscope');
const libraries = Object.keys(createRequire(import.meta.url).cache).filter((file) => /piscina|lru-cache/.test(file));
const modules = ['child_process'].filter((name) =>
  process.moduleLoadList.some((loaded) => !before.has(loaded) && loaded === `NativeModule ${name}`),
);
console.log(JSON.stringify({ libraries, modules }));
