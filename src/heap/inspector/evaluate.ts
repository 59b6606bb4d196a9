// Calls a function in the process at the other end of a connection.
import { heapLimitMs, type Connection } from './connection.ts';

interface Evaluated {
  readonly result: { readonly value?: unknown; readonly objectId?: string };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}

/** Everything that a connection names for itself goes with this group when it is released. */
export const objectGroup = 'loopscope';

/** What our functions call the script that they are in: what they await is nobody's business. */
export const ownScript = 'loopscope:inspector';

/** Calls a function that stands alone with arguments that are JSON. Answered even where JavaScript blocks the loop. */
export async function call<Parameters extends readonly unknown[], Value>(
  connection: Connection,
  fn: (...parameters: Parameters) => Value,
  parameters: NoInfer<Parameters>,
): Promise<Value> {
  const expression = `(${String(fn)})(${parameters.map((value) => JSON.stringify(value)).join(', ')})`;
  const params = { expression, returnByValue: true };
  return valueOf(await connection.send<Evaluated>('Runtime.evaluate', params)).value as Value;
}

/** Waits until the process has run the microtasks that it owes: never while JavaScript blocks the loop. */
export async function waitForTurn(connection: Connection): Promise<void> {
  const expression = 'new Promise((resolve) => { queueMicrotask(resolve); })';
  await connection.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
}

/** Calls such an async function with an object of the process as its first argument; it may go through much. */
export async function callWith<Subject, Parameters extends readonly unknown[], Value>(
  connection: Connection,
  objectId: string,
  fn: (subject: Subject, ...parameters: Parameters) => Promise<Value>,
  parameters: NoInfer<Parameters>,
): Promise<Value> {
  const evaluated = await connection.send<Evaluated>(
    'Runtime.callFunctionOn',
    {
      objectId,
      functionDeclaration: `${String(fn)}\n//# sourceURL=${ownScript}\n`,
      arguments: [{ objectId }, ...parameters.map((value) => ({ value }))],
      awaitPromise: true,
      returnByValue: true,
    },
    heapLimitMs,
  );
  return valueOf(evaluated).value as Value;
}

/** Evaluates an expression and gives back the id under which the object can be asked for. */
export async function reference(connection: Connection, expression: string): Promise<string> {
  const evaluated = await connection.send<Evaluated>('Runtime.evaluate', { expression, objectGroup });
  return String(valueOf(evaluated).objectId);
}

function valueOf({ result, exceptionDetails }: Evaluated): Evaluated['result'] {
  if (exceptionDetails === undefined) return result;
  throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
}
