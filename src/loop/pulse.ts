// What a thread and its watchdog thread tell each other in shared memory, where neither needs the other to answer.

const bytesOfFlags = 64;
const bytesOfTimes = 64;

const flag = {
  sequence: 0,
  stopped: 1,
  armed: 2,
  inspectorPort: 3,
  connected: 4,
  watching: 5,
  giving: 6,
  threadId: 7,
  systemId: 8,
} as const;
const time = {
  beatAt: 0,
  askedAt: 1,
  stoppedMs: 2,
  cpuMs: 3,
  waitMs: 4,
  thresholdMs: 5,
  waitMsWhenAsked: 6,
  stuckAfterMs: 7,
} as const;

/** Milliseconds on the clock of the system, which is the same in all threads; it may stand still while a laptop sleeps. */
export function systemClock(): number {
  return Number(hrtime()) / 1e6;
}

const hrtime = process.hrtime.bigint.bind(process.hrtime);

/** The pulse of a loop: the thread whose it is beats, the watchdog thread listens. */
export class Pulse {
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array<SharedArrayBuffer>;
  readonly #times: Float64Array;

  constructor(buffer = new SharedArrayBuffer(bytesOfFlags + bytesOfTimes)) {
    this.buffer = buffer;
    this.#flags = new Int32Array(buffer, 0, bytesOfFlags / 4);
    this.#times = new Float64Array(buffer, bytesOfFlags);
  }

  /** The thread that beats; 0 is the main thread. */
  get threadId(): number {
    return Atomics.load(this.#flags, flag.threadId);
  }

  /** The id of that thread in the system; 0 where nobody tells. */
  get systemId(): number {
    return Atomics.load(this.#flags, flag.systemId);
  }

  /** Says which thread beats. */
  identify(threadId: number, systemId: number): void {
    Atomics.store(this.#flags, flag.threadId, threadId);
    Atomics.store(this.#flags, flag.systemId, systemId);
  }

  /** How often the loop has beaten: a block is over when this moves. */
  get sequence(): number {
    return Atomics.load(this.#flags, flag.sequence);
  }

  /** When it beat last, on the system's clock. */
  get beatAt(): number {
    return this.#get('beatAt');
  }

  beat(at: number): void {
    this.#set('beatAt', at);
    Atomics.add(this.#flags, flag.sequence, 1);
  }

  /** The first turn of the loop is over: loading a program blocks, and is no block. */
  get armed(): boolean {
    return this.#is('armed');
  }

  arm(): void {
    Atomics.store(this.#flags, flag.armed, 1);
  }

  /** The watchdog thread is there. */
  get watching(): boolean {
    return this.#is('watching');
  }

  watch(): void {
    Atomics.store(this.#flags, flag.watching, 1);
  }

  /** The port of the inspector of the thread; 0 while none is open. */
  get inspectorPort(): number {
    return Atomics.load(this.#flags, flag.inspectorPort);
  }

  set inspectorPort(port: number) {
    Atomics.store(this.#flags, flag.inspectorPort, port);
  }

  /** A loop that has not beaten for so long is blocked. */
  get thresholdMs(): number {
    return this.#get('thresholdMs');
  }

  set thresholdMs(milliseconds: number) {
    this.#set('thresholdMs', milliseconds);
  }

  /** After how long a block is reported as a loop that does not return; null for never. */
  get stuckAfterMs(): number | null {
    return this.#get('stuckAfterMs') || null;
  }

  set stuckAfterMs(milliseconds: number | null) {
    this.#set('stuckAfterMs', milliseconds ?? 0);
  }

  /** The thread has begun to report from within an interrupt. */
  get giving(): boolean {
    return this.#is('giving');
  }

  set giving(begun: boolean) {
    Atomics.store(this.#flags, flag.giving, Number(begun));
  }

  /** When the watchdog thread asked what runs. */
  get askedAt(): number {
    return this.#get('askedAt');
  }

  /** How long the thread had waited for a processor then. NaN where nobody knows. */
  get waitMsWhenAsked(): number {
    return this.#get('waitMsWhenAsked');
  }

  ask(at: number, waitMs: number): void {
    this.#set('askedAt', at);
    this.#set('waitMsWhenAsked', waitMs);
  }

  /** For how long the whole process was stopped or the machine slept, in all. */
  get stoppedMs(): number {
    return this.#get('stoppedMs');
  }

  set stoppedMs(milliseconds: number) {
    this.#set('stoppedMs', milliseconds);
  }

  /** How long the thread had run, and had waited for a processor, shortly before the block. NaN where nobody knows. */
  get baseline(): { readonly cpuMs: number; readonly waitMs: number } {
    return { cpuMs: this.#get('cpuMs'), waitMs: this.#get('waitMs') };
  }

  set baseline({ cpuMs, waitMs }: { readonly cpuMs: number; readonly waitMs: number }) {
    this.#set('cpuMs', cpuMs);
    this.#set('waitMs', waitMs);
  }

  /** The watchdog thread has a session of the inspector open. */
  get connected(): boolean {
    return this.#is('connected');
  }

  set connected(open: boolean) {
    Atomics.store(this.#flags, flag.connected, Number(open));
    Atomics.notify(this.#flags, flag.connected);
  }

  /** Waits until the watchdog thread has closed its session, for so long at most. */
  waitForDisconnect(milliseconds: number): void {
    Atomics.wait(this.#flags, flag.connected, 1, milliseconds);
  }

  get stopped(): boolean {
    return this.#is('stopped');
  }

  /** Ends the watchdog thread. */
  stop(): void {
    Atomics.store(this.#flags, flag.stopped, 1);
    Atomics.notify(this.#flags, flag.stopped);
  }

  /** Lets the watchdog thread sleep; `stop` wakes it. */
  sleep(milliseconds: number): void {
    Atomics.wait(this.#flags, flag.stopped, 0, milliseconds);
  }

  #is(name: keyof typeof flag): boolean {
    return Atomics.load(this.#flags, flag[name]) !== 0;
  }

  #get(name: keyof typeof time): number {
    return this.#times[time[name]] as number;
  }

  #set(name: keyof typeof time, value: number): void {
    this.#times[time[name]] = value;
  }
}
