// One resource of a pool, and its place among the idle ones.

/** One resource, from when it was made until it is destroyed. */
export class Stocked<Value> {
  readonly value: Value;
  /** In its pool, from 1. */
  readonly number: number;
  isIdle = false;
  /** It has lived long enough: it ends when it is given back. */
  isExpired = false;
  idleTimer: NodeJS.Timeout | null = null;
  lifeTimer: NodeJS.Timeout | null = null;
  previous: Stocked<Value> | null = null;
  next: Stocked<Value> | null = null;

  constructor(value: Value, number: number) {
    this.value = value;
    this.number = number;
  }
}
