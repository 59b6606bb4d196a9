// A sleep by a command.
import { execSync } from 'node:child_process';
import { setTimeout as later } from 'node:timers/promises';

async function waitForDeploy(): Promise<void> {
  execSync('sleep 0.5'); // the mistake
}

await later(300);
await waitForDeploy();
