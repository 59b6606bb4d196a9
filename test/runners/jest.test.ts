// Suites that hang or leave something behind, run by jest: the log names the lines that are to blame.
import { checkRunner } from '../support/runner-checks.ts';
import { jest } from '../support/runners.ts';

checkRunner(jest);
