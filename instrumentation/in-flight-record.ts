// The requests in flight of a module that sends them by channels: what ends each, and all of them when it is switched off.
const mostRequests = 100_000;

type End = (error?: unknown) => void;

export class InFlight {
  readonly #ends: Map<object, End> = new Map();

  /** Whether one more is seen. */
  get isFull(): boolean {
    return this.#ends.size >= mostRequests;
  }

  add(request: object, end: End): void {
    this.#ends.set(request, end);
  }

  /** Its answer has begun, or there was an error. Nothing happens if it is not known, or has ended. */
  end(request: object, error?: unknown): void {
    const end = this.#ends.get(request);
    if (end === undefined) return;
    this.#ends.delete(request);
    end(error);
  }

  /** Nobody hears how these end. */
  clear(): void {
    for (const request of this.#ends.keys()) this.end(request);
  }
}
