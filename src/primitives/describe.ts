// What a primitive says of itself when it is logged: one line.

/** `<Lock stock locked, waiters: 3>` */
export function describeState(type: string, name: string, state: string, waiters: number): string {
  return `<${type} ${name} ${state}${waiters === 0 ? '' : `, waiters: ${waiters}`}>`;
}

/** `<Lock stock locked, waiters: 3>`: what is locked or not. */
export function describeLocked(type: string, name: string, locked: boolean, waiters: number): string {
  return describeState(type, name, locked ? 'locked' : 'unlocked', waiters);
}
