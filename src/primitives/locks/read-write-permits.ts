// Permits to read and to write, handed out in order of asking: any number to read at a time, or one to write.
import { holdEnded, holdStarted, type LineEntry, type ResourceRecord } from '../../channels/resource.ts';
import type { Site } from '../../channels/site.ts';
import type { TaskRecord } from '../../channels/task.ts';
import { NotHolderError } from '../../errors.ts';
import { currentOrRoot } from '../../runtime/context.ts';
import { List } from '../../runtime/list.ts';
import { isHeldBy, Permit, runAfter, runHolding } from './permits.ts';
import { throwIfEnded, Waiter, type Line, type WaitOptions } from '../waiter.ts';

type Mode = 'read' | 'write';
type ModeWaiter = Waiter<Permit, Mode>;

/** A wait to read or to write, which says so. */
class ReadWriteWaiter extends Waiter<Permit, Mode> {
  get mode(): Mode {
    return this.item;
  }
}

/** The holders of one resource, and its line. */
export class ReadWritePermits implements Line<ModeWaiter> {
  readonly resource: ResourceRecord;
  readonly holders: List<Permit> = new List();
  readonly waiters: List<ModeWaiter> = new List();
  waitingWriters = 0;

  constructor(resource: ResourceRecord) {
    this.resource = resource;
  }

  get hasWriter(): boolean {
    return this.holders.first?.mode === 'write';
  }

  /** A permit at once; null if somebody is in the way, or in line. */
  tryAcquire(mode: Mode, task: TaskRecord = currentOrRoot()): Permit | null {
    return this.waiters.size === 0 && this.#isFree(mode) ? this.#grant(mode, task, undefined) : null;
  }

  acquire(mode: Mode, options: WaitOptions): Promise<Permit> {
    try {
      const task = throwIfEnded(options);
      const permit = this.tryAcquire(mode, task);
      return permit === null ? this.#wait(mode, options, task).promise : Promise.resolve(permit);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Calls a function with a permit, at once if nobody is in the way, and takes it back when the function has settled. */
  run<Value>(mode: Mode, run: () => Value | PromiseLike<Value>, options: WaitOptions): Promise<Value> {
    try {
      const task = throwIfEnded(options);
      const permit = this.tryAcquire(mode, task);
      if (permit !== null) return runHolding(permit, run);
      const waiter = this.#wait(mode, options, task);
      const result = runAfter(waiter.promise, run);
      waiter.result = result;
      return result;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  release(permit: Permit): void {
    if (!this.holders.remove(permit)) return;
    if (holdEnded.hasSubscribers) holdEnded.publish(permit);
    this.#handOut();
  }

  /**
   * The permit that this task got first among those it holds.
   * @throws NotHolderError if it holds none
   */
  permitOfCaller(): Permit {
    const task = currentOrRoot();
    for (const permit of this.holders) if (isHeldBy(permit, task)) return permit;
    const { name } = this.resource;
    const { first, size } = this.holders;
    if (first === null) throw new NotHolderError(`rwlock ${name} is released, but nobody holds it`, null);
    const holder = `${first.task.origin.name} #${first.task.id}${size > 1 ? ` and ${size - 1} more hold` : ' holds'}`;
    throw new NotHolderError(
      `rwlock ${name} is released by ${task.origin.name} #${task.id}, but ${holder} it`,
      first.task,
    );
  }

  /** Who stands in line, in the order in which they are served. */
  *line(): Generator<LineEntry> {
    for (const { task, item } of this.waiters) yield { task, mode: item };
  }

  /** Somebody begins to wait. */
  push(waiter: ModeWaiter): void {
    this.waiters.push(waiter);
    if (waiter.item === 'write') this.waitingWriters++;
  }

  /** Somebody stops waiting: a writer that gives up lets the readers behind it in. */
  remove(waiter: ModeWaiter): boolean {
    if (!this.#takeOut(waiter)) return false;
    this.#handOut();
    return true;
  }

  #handOut(): void {
    for (let first = this.waiters.first; first !== null && this.#isFree(first.item); first = this.waiters.first) {
      this.#takeOut(first);
      const { task, site } = first;
      first.resolve(this.#grant(first.item, task, site));
    }
  }

  #takeOut(waiter: ModeWaiter): boolean {
    if (!this.waiters.remove(waiter)) return false;
    if (waiter.item === 'write') this.waitingWriters--;
    return true;
  }

  /** Whether the holders would let it in. */
  #isFree(mode: Mode): boolean {
    return mode === 'write' ? this.holders.size === 0 : !this.hasWriter;
  }

  #wait(mode: Mode, options: WaitOptions, task: TaskRecord): ModeWaiter {
    return new ReadWriteWaiter('acquire', this.resource, mode, options, this, undefined, null, task);
  }

  #grant(mode: Mode, task: TaskRecord, site: Site | null | undefined): Permit {
    const permit = new Permit(this, task, site, mode);
    this.holders.push(permit);
    if (holdStarted.hasSubscribers) holdStarted.publish(permit);
    return permit;
  }
}
