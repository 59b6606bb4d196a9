// What a promise waits for that nothing in the graph settles: its settler in words, with what the objects on the way say.
import type { Leaf, LeafKind } from '../../report/awaits.ts';
import { leafNature } from '../leaf-kind.ts';
import { resolver, type Holders } from './holders.ts';
import type { Objects, Reference } from './objects.ts';
import type { Settler } from './holder-search.ts';
import type { OwnWait, Tasks } from './tasks.ts';

const longestDetail = 100;

/** The clock of the process: milliseconds since it started its loop, in which timers are kept. Null where not known. */
export type LoopTime = number | null;

// Where Node's own functions on the way say more than the object at its end, which is a socket as a rule.
const libraries: readonly (readonly [string, LeafKind])[] = [
  ['(node:internal/deps/undici', 'fetch'],
  ['(node:child_process', 'child process'],
];

const streams: readonly (readonly [string, LeafKind])[] = [
  ['(node:internal/streams', 'stream'],
  ['(node:stream', 'stream'],
  ['(node:internal/webstreams', 'stream'],
  ['DefaultReadRequest', 'stream'],
];

/** What knows the objects on the way. */
export interface LeafParts {
  readonly objects: Objects;
  readonly holders: Holders;
  readonly tasks: Tasks;
  readonly loopTime: LoopTime;
}

/** A leaf by its settler. */
export function leafOf(settler: Settler | undefined, { objects, holders, tasks, loopTime }: LeafParts): Leaf {
  if (settler === undefined || settler.verdict !== 'found') {
    const { verdict, path } = settler ?? { verdict: 'unknown', path: [] };
    // that somebody resolves it is no news
    const settledBy = path.every((step) => step === resolver) ? [] : path;
    return { type: 'leaf', kind: 'unknown', detail: '', settledBy, verdict };
  }
  for (const object of settler.objects) {
    const wait = tasks.wait(object);
    if (wait !== null) return ownLeaf(wait, settler);
  }
  const { kind: kindByClass, detail } = leafNature(settler.steps);
  const known = kindByClass === 'other' ? [...libraries, ...streams] : libraries;
  const kind = known.find(([file]) => settler.path.some((step) => step.includes(file)))?.[1] ?? kindByClass;
  const details = settler.objects.map((object) => describe(object, objects, holders, loopTime));
  return {
    type: 'leaf',
    kind,
    detail: details.find((text) => text !== '') ?? detail,
    settledBy: settler.path,
    verdict: 'found',
  };
}

/** A wait of loopscope's own says all that the search would look for. */
function ownLeaf({ kind, on, leftMs, holder, heldMs }: OwnWait, { path }: Settler): Leaf {
  const left = leftMs === null ? '' : `${seconds(leftMs)} left`;
  const since = heldMs === null ? '' : `, which holds it for ${seconds(heldMs)}`;
  return {
    type: 'leaf',
    kind,
    detail: [on, left].filter((part) => part !== '').join(', '),
    settledBy: holder === null ? path : [`${holder}${since}`],
    verdict: 'found',
  };
}

/** What an object of a class of Node's says of itself; empty for others. */
function describe(object: Reference, objects: Objects, holders: Holders, loopTime: LoopTime): string {
  const text = (name: string): string => objects.string(objects.property(object, name), longestDetail) ?? '';
  const number = (name: string): number | null => objects.number(objects.property(object, name));
  if (!objects.isObject(objects.type(object))) return '';
  switch (holders.className(object)) {
    case 'Timeout': {
      if (objects.property(object, 'runAt') !== 0) return ''; // that of node:test, a fake one
      const [start, length] = [number('_idleStart'), number('_idleTimeout')];
      if (start === null || length === null || length < 0) return '';
      if (loopTime === null) return `timeout of ${seconds(length)}`;
      return `${seconds(Math.max(0, start + length - loopTime))} left`;
    }
    case 'ClientRequest':
      return [text('method'), `${text('host')}${text('path')}`].filter((part) => part !== '').join(' ');
    case 'Socket':
    case 'TLSSocket':
      return text('_host');
    case 'ChildProcess':
      return [text('spawnfile'), number('pid') === null ? '' : `pid ${number('pid')}`]
        .filter((part) => part !== '')
        .join(', ');
    default:
      return '';
  }
}

function seconds(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return `${Math.floor(whole / 60)} m ${whole % 60} s`;
}
