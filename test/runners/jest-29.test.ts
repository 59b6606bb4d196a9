// Suites that hang or leave something behind, run by jest 29: the log names the lines that are to blame.
import { checkRunner } from '../support/runner-checks.ts';
import { jest29 } from '../support/runners.ts';

checkRunner(jest29);
