// Suites that hang or leave something behind, run by node:test: the log names the lines that are to blame.
import { checkRunner } from '../support/runner-checks.ts';
import { nodeTest } from '../support/runners.ts';

checkRunner(nodeTest);
