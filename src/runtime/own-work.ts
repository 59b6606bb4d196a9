// The servers and agents of loopscope's own: what goes through them is no work of the program.

const own = new WeakSet<object>();

/** Marks a server or an agent as loopscope's own. */
export function markOwn<Own extends object>(object: Own): Own {
  own.add(object);
  return object;
}

export function isOwnWork(object: unknown): boolean {
  return typeof object === 'object' && object !== null && own.has(object);
}
