// Runs in the process that is read: aims V8's async stack walk at every pending promise, without touching one of them.

/** A function of a stack: name, script, await line and column, line and column where it begins. */
export type FunctionFrame = readonly [
  name: string,
  file: string,
  line: number,
  column: number,
  startLine: number,
  startColumn: number,
];

/** A combinator of a stack: its method, and the place of the input. */
export type CombinatorFrame = readonly [method: string, index: number];

export type Frame = FunctionFrame | CombinatorFrame;

/** Equal stacks share their nodes. A node is what awaits its promises; its parent is what awaits that, up to node 0: nobody. */
export type StackNode = readonly [parent: number, frame: number, promises: number];

export interface WalkedPromises {
  readonly frames: readonly Frame[];
  readonly nodes: readonly StackNode[];
  /** The node of each promise in the list; -1 where it is settled. Empty unless asked for. */
  readonly nodeOf: readonly number[];
  /** Promises that were settled while the others were read. */
  readonly changed: number;
  /** Pending promises which were not looked at, because there are too many or their stacks are too deep. */
  readonly left: number;
  /** How long it kept the loop from turning, in all. */
  readonly busyMs: number;
}

/**
 * For each pending promise of a list (from Runtime.queryObjects) it finds the functions that await it, directly
 * and through others. The walk starts at a microtask of ours whose promise has one reaction: that of a Promise.all which
 * was given the victim as its result. So V8 goes on at the victim, which gets no reaction and no flag.
 */
export async function walkPromises(
  list: ArrayLike<unknown>,
  limit: number,
  each: boolean,
  turnMs: number,
  ownScript: string,
): Promise<WalkedPromises> {
  const native = Promise;
  const nothing = (): void => {};
  const inspect = process.getBuiltinModule('node:util').inspect;
  const look = { depth: 0, customInspect: false, maxArrayLength: 0, maxStringLength: 0, compact: true };
  const isPending = (value: unknown): boolean => {
    try {
      return inspect(value, look).includes('<pending>');
    } catch {
      return false; // a proxy, or an object that throws when it is read
    }
  };

  const capture = (below: () => void): NodeJS.CallSite[] => {
    const names = ['stackTraceLimit', 'prepareStackTrace'] as const;
    const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(Error, name)] as const);
    try {
      Error.stackTraceLimit = 2000;
      Error.prepareStackTrace = (_, sites) => sites;
      const holder: { stack?: unknown } = {};
      Error.captureStackTrace(holder, below);
      return Array.isArray(holder.stack) ? (holder.stack as NodeJS.CallSite[]) : [];
    } finally {
      for (const [name, property] of before) {
        if (property === undefined) delete Error[name];
        else Object.defineProperty(Error, name, property);
      }
    }
  };

  const stackOf = (victim: unknown): Promise<NodeJS.CallSite[]> =>
    new native((resolve) => {
      // Promise.all makes its result with `new this(executor)`: it gets the victim and two functions that do nothing.
      function Result(executor: (resolve: () => void, reject: () => void) => void): unknown {
        executor(nothing, nothing);
        return victim;
      }
      Result.resolve = (value: unknown): unknown => value;
      const start = native.resolve().then(function probe() {
        const sites = capture(probe);
        resolve(sites.slice(sites.findIndex((site) => site.isPromiseAll()) + 1 || sites.length));
      });
      void native.all.call(Result as unknown as PromiseConstructor, [start]);
    });

  type Site = NodeJS.CallSite & { getEnclosingLineNumber?(): number; getEnclosingColumnNumber?(): number };
  const frameOf = (site: Site): Frame => {
    const index = site.getPromiseIndex();
    if (index !== null) return [site.getFunctionName() ?? 'all', index];
    const type = site.getTypeName() ?? '';
    const owner = /^(|Object|Function|Module|global|Window)$/.test(type) ? '' : `${type}.`;
    const own = site.getFunctionName() ?? site.getMethodName() ?? '';
    return [
      own === '' || own.startsWith(owner) ? own : owner + own,
      site.getFileName() ?? site.getEvalOrigin() ?? '',
      site.getLineNumber() ?? 0,
      site.getColumnNumber() ?? 0,
      site.getEnclosingLineNumber?.() ?? 0,
      site.getEnclosingColumnNumber?.() ?? 0,
    ];
  };

  const frames: Frame[] = [];
  const frameIds = new Map<string, number>();
  const nodes: [parent: number, frame: number, promises: number][] = [[-1, -1, 0]];
  const nodeIds = new Map<string, number>();
  const intern = (sites: readonly NodeJS.CallSite[]): number => {
    let node = 0;
    for (let index = sites.length - 1; index >= 0; index--) {
      const frame = frameOf(sites[index] as Site);
      const text = JSON.stringify(frame);
      let frameId = frameIds.get(text);
      if (frameId === undefined) frameIds.set(text, (frameId = frames.push(frame) - 1));
      const key = `${node}:${frameId}`;
      let next = nodeIds.get(key);
      if (next === undefined) nodeIds.set(key, (next = nodes.push([node, frameId, 0]) - 1));
      node = next;
    }
    return node;
  };

  let busyMs = 0;
  let since = performance.now();
  const letTurn = async (): Promise<void> => {
    busyMs += performance.now() - since;
    await new native<void>((resolve) => {
      setImmediate(resolve);
    });
    since = performance.now();
  };

  const nodeOf = new Int32Array(list.length).fill(-1);
  const found: number[] = [];
  let left = 0;
  let framesSeen = 0; // deep chains cost more than many
  for (let index = 0; index < list.length; index++) {
    if (performance.now() - since > turnMs) await letTurn();
    const promise = list[index];
    if (!isPending(promise)) continue;
    if (found.length === limit || framesSeen > limit * 10) {
      left++;
      continue;
    }
    const sites = await stackOf(promise);
    framesSeen += sites.length;
    if (sites.some((site) => site.getScriptNameOrSourceURL() === ownScript)) continue; // of another reader
    nodeOf[index] = intern(sites);
    found.push(index);
  }
  // One cut through time: what was settled while the others were read is not suspended now.
  let changed = 0;
  for (const index of found) {
    const node = nodes[nodeOf[index] as number];
    if (node !== undefined && isPending(list[index])) node[2]++;
    else {
      nodeOf[index] = -1;
      changed++;
    }
  }
  busyMs += performance.now() - since;
  return { frames, nodes, nodeOf: each ? [...nodeOf] : [], changed, left, busyMs };
}
