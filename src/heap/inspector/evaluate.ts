// Calls a function in the process at the other end of a connection.
import { answerLimitMs, heapLimitMs, type Connection } from './connection.ts';

interface Evaluated {
  readonly result: { readonly value?: unknown; readonly objectId?: string };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}

/** Everything that a connection names for itself goes with this group when it is released. */
export const objectGroup = 'loopscope';

const answer = { returnByValue: true, awaitPromise: true };

/** Calls a function that stands alone with arguments that are JSON, and gives back its value, also as JSON. */
export async function call<Parameters extends readonly unknown[], Value>(
  connection: Connection,
  fn: (...parameters: Parameters) => Value,
  parameters: NoInfer<Parameters>,
  limitMs = answerLimitMs,
): Promise<Awaited<Value>> {
  const expression = `(${String(fn)})(${parameters.map((value) => JSON.stringify(value)).join(', ')})`;
  const evaluated = await connection.send<Evaluated>('Runtime.evaluate', { ...answer, expression }, limitMs);
  return valueOf(evaluated).value as Awaited<Value>;
}

/** Calls such a function with an object of the process as its first argument; it may go through much. */
export async function callWith<Subject, Parameters extends readonly unknown[], Value>(
  connection: Connection,
  objectId: string,
  fn: (subject: Subject, ...parameters: Parameters) => Value,
  parameters: NoInfer<Parameters>,
): Promise<Awaited<Value>> {
  const evaluated = await connection.send<Evaluated>(
    'Runtime.callFunctionOn',
    {
      ...answer,
      objectId,
      functionDeclaration: String(fn),
      arguments: [{ objectId }, ...parameters.map((value) => ({ value }))],
    },
    heapLimitMs,
  );
  return valueOf(evaluated).value as Awaited<Value>;
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
