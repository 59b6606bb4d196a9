// placeholder
export interface ExpectOptions {
  readonly timeout?: number;
}
export async function expectNoPending(_options: ExpectOptions = {}): Promise<void> {}
