// Keeps its loop busy in a pattern, and prints how late the loop was by its own clock, beside what the loop meter says.
import { spawn } from 'node:child_process';
import { measureLoop } from 'loopscope';

const [pattern = '', forMs = '1200'] = process.argv.slice(2);
const observeMs = Number(forMs);
/** What the turns really took: a neighbour may have made them longer than they were meant to be. */
const turns: number[] = [];

function spin(milliseconds: number): void {
  const start = performance.now();
  while (performance.now() - start < milliseconds);
  turns.push(performance.now() - start);
}

function spinAgainAndAgain(milliseconds: () => number): void {
  spin(milliseconds());
  setImmediate(spinAgainAndAgain, milliseconds);
}

function blockTenTimes(milliseconds: number): void {
  for (let index = 0; index < 10; index++) setTimeout(spin, (index + 0.3) * (observeMs / 10), milliseconds);
}

const patterns: Readonly<Record<string, () => void>> = {
  idle: () => {},
  blocks: () => blockTenTimes(50),
  constant: () => spinAgainAndAgain(() => 2),
  'one long': () => void setTimeout(spin, observeMs / 4, 800),
  'a child ends': () => void spawn('sleep', ['1'], { stdio: 'ignore' }),
  fast: () => spinAgainAndAgain(() => 0.03),
  'fast, with blocks': () => {
    spinAgainAndAgain(() => 0.03);
    blockTenTimes(50);
  },
};

/** The delay that is longer than that of so large a share of random moments: P(delay > x) = Σ max(0, turn − x) / T. */
function quantile(share: number, totalMs: number): number {
  let [low, high] = [0, Math.max(1, ...turns)];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    const exceeded = turns.reduce((sum, turn) => sum + Math.max(0, turn - middle), 0) / totalMs;
    if (exceeded > 1 - share) low = middle;
    else high = middle;
  }
  return high;
}

const meter = measureLoop();
// Two turns later the meter runs, and what was compiled for the first time is.
setTimeout(() => {
  const warm = turns.length;
  turns.splice(0, warm);
  patterns[pattern]?.();
  setTimeout(() => {
    const { observedMs, delay, utilization, processorWaitMs, turns: count, gc } = meter.statistics();
    const truth = {
      p50Ms: quantile(0.5, observedMs),
      p99Ms: quantile(0.99, observedMs),
      maxMs: Math.max(0, ...turns),
      utilization: turns.reduce((sum, turn) => sum + turn, 0) / observedMs,
    };
    const otherMs = (processorWaitMs ?? 20) + gc.totalMs;
    console.log(JSON.stringify({ truth, measured: { ...delay, utilization }, observedMs, otherMs, turns: count }));
    process.exit();
  }, observeMs);
}, 50);
