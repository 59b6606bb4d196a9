// Suites that hang or leave something behind, run by mocha: the log names the lines that are to blame.
import { checkRunner } from '../support/runner-checks.ts';
import { mocha } from '../support/runners.ts';

checkRunner(mocha);
