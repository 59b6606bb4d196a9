// open-breaker: a circuit breaker refuses calls because what it protects has failed.
import { count, duration } from '../report/phrases.ts';
import { resourceName } from './names.ts';
import type { Finding, Rule } from './rule.ts';

const longestError = 120;

export const openBreaker: Rule = {
  name: 'open-breaker',
  summary: 'a circuit breaker is open: what it calls has failed',
  threshold: { value: 5000, unit: 'ms', of: 'how long it is open' },
  meaning:
    'A circuit breaker has seen too many failures and refuses all calls until it lets a probe through. The breaker ' +
    'does its work; what it calls is down, too slow, or called in a wrong way.',
  quiet: 'It is closed, or half-open: then it tries whether calls succeed again.',
  fix:
    'Look at the last error, and at what the breaker calls. Where that may be down, give the callers a fallback. ' +
    'Where single failures open it, ask for more of them: failures, or a rate within a window.',
  wrong: `const price = await rates.run(() => fetchRate(currency));`,
  right: `const price = await withFallback(
  () => rates.run(({ signal }) => fetchRate(currency, signal)),
  () => lastKnown.get(currency),
);`,
  check: ({ report, threshold }) =>
    report.resources.flatMap((resource): Finding[] => {
      const { statistics } = resource;
      if (statistics.kind !== 'breaker' || statistics.state !== 'open' || statistics.forMs < threshold) return [];
      const { calls, failures, refused, lastError, forMs } = statistics;
      const error = lastError === null ? '' : `, the last with “${shortened(lastError)}”`;
      return [
        {
          message:
            `${resourceName(resource)} is open for ${duration(forMs)}: ${failures} of ${count(calls, 'call')} failed` +
            `${error}${refused === 0 ? '' : `, and ${count(refused, 'call')} ${refused === 1 ? 'was' : 'were'} refused since it was made`}.`,
          advice: 'Look at what it calls; give its callers a fallback.',
          site: resource.createdAt,
          resource,
          value: forMs,
        },
      ];
    }),
};

function shortened(error: string): string {
  return error.length <= longestError ? error : `${error.slice(0, longestError)}…`;
}
