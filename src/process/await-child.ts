// Run as a program of its own: reads the memory of the process that started it, which waits meanwhile, and writes what its
// suspended functions await to stdout. File descriptor 3 is that process's /proc/self/mem, so that no permission is needed.
import { isOwn } from '../heap/memory/own.ts';
import { readMemory } from '../heap/memory/read.ts';
import { foldAwaits } from '../report/await-fold.ts';
import { SiteMapper } from '../runtime/source-map.ts';
import { writeFully } from '../runtime/write.ts';

const mapper = new SiteMapper();
const report = await readMemory(process.ppid, { descriptor: 3, mapSite: (site) => mapper.map(site) });
writeFully(1, JSON.stringify(foldAwaits(report, isOwn)));
