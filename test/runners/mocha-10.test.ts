// Suites that hang or leave something behind, run by mocha 10: the log names the lines that are to blame.
import { checkRunner } from '../support/runner-checks.ts';
import { mocha10 } from '../support/runners.ts';

checkRunner(mocha10);
