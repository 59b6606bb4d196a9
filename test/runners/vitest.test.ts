// Suites that hang or leave something behind, run by vitest: the log names the lines that are to blame.
import { checkRunner } from '../support/runner-checks.ts';
import { vitest } from '../support/runners.ts';

checkRunner(vitest);
