// A class with decorated methods. Node does not run decorators yet: tsc compiles this file.
import type { retried as Retried } from 'loopscope';

/** Set by whoever loads this, so that the decorator is that under test. */
export const Rates = { retried: undefined as unknown as typeof Retried, compile };

function compile() {
  const { retried } = Rates;
  const options = { attempts: 2, delay: 10 };
  class CompiledRates {
    static calls = 0;
    readonly calls: string[] = [];
    readonly currency: string;

    constructor(currency: string) {
      this.currency = currency;
    }

    @retried(options)
    async load(factor: number): Promise<string> {
      this.calls.push('load');
      if (this.calls.length === 1) throw new Error('no');
      return `${this.currency} ${factor}`;
    }

    @retried(options)
    static async latest(): Promise<string> {
      if (++CompiledRates.calls === 1) throw new Error('no');
      return 'latest';
    }

    @retried(options)
    async #secret(): Promise<string> {
      this.calls.push('#secret');
      if (this.calls.filter((name) => name === '#secret').length === 1) throw new Error('no');
      return `private ${this.currency}`;
    }

    async viaPrivate(): Promise<string> {
      return this.#secret();
    }

    @retried(options)
    async never(): Promise<string> {
      this.calls.push('never');
      throw new Error('never');
    }
  }
  return { CompiledRates };
}
