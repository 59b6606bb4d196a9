// Suites that hang or leave something behind, run by mocha 11: the log names the lines that are to blame.
import { checkRunner } from '../support/runner-checks.ts';
import { mocha11 } from '../support/runners.ts';

checkRunner(mocha11);
