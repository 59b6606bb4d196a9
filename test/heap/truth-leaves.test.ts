// What functions wait for in the end, and who could settle that.
import { expect, test } from 'vitest';
import { tryProgram } from './trial.ts';

const programs = `timers sockets streams fetch files children dns events messages postgres`.split(' ');

test.concurrent.each(programs)('what the functions of %s.mjs wait for is told', async (program) => {
  expect((await tryProgram(`${program}.mjs`)).wrong).toEqual([]);
});
