// Children that do not end: `cat` reads from a pipe that nobody writes to, and goes when this process goes.
import { exec, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const children = [];

async function runsCommand() {
  const { stdout } = await promisify(exec)('cat'); // suspended: runsCommand
  return stdout;
}

async function runsFile() {
  await promisify(execFile)('cat', ['-']); // suspended: runsFile
}

async function waitsForExit() {
  const child = spawn('cat');
  children.push(child);
  await once(child, 'exit'); // suspended: waitsForExit
}

async function waitsForExitByHand() {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }); // suspended: waitsForExitByHand @-2:3
}

async function readsOutput() {
  for await (const chunk of spawn('cat').stdout) void chunk; // suspended: readsOutput
}

async function waitsForMessage() {
  const child = fork(fileURLToPath(import.meta.url), ['child']);
  child.once('spawn', () => setTimeout(console.log, 50, 'READY'));
  const [message] = await once(child, 'message'); // suspended: waitsForMessage
  return message;
}

if (process.argv[2] === 'child') {
  process.on('disconnect', () => process.exit());
} else {
  void Promise.all([runsCommand(), runsFile(), waitsForExit(), waitsForExitByHand(), readsOutput()]);
  void waitsForMessage();
  setTimeout(() => process.exit(), 60_000);
}

// chain: runsCommand → [child-process found]
// chain: runsFile → [child-process found]
// chain: waitsForExit → [child-process found]
// chain: waitsForExitByHand → [child-process found]
// chain: readsOutput → ... → [stream|socket|child-process found]
// chain: waitsForMessage → [child-process found]
