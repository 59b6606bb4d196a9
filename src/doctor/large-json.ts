// large-json: making or reading the text of large objects keeps the loop.
import type { Disease } from './disease.ts';
import { pathsByPlace } from './thread-view.ts';
import { callersOf, inFunction, percent, time } from './wording.ts';

const leastShare = 0.2;
const leastOfTime = 0.1;
const leastPerRequestMs = 0.5;
const leastBusy = 0.5;

export const largeJson: Disease = (view) => {
  const paths = pathsByPlace(view.thread.profile?.paths ?? []).filter(({ work }) => work === 'json');
  return paths
    .filter(({ ms }) => view.shareOfBusy(ms) >= leastShare && ms >= view.activeMs * leastOfTime)
    .filter(({ ms }) => (view.isServing ? view.costPerRequest(ms) >= leastPerRequestMs : view.utilization >= leastBusy))
    .map((path) => {
      const share = view.shareOfBusy(path.ms);
      const each = view.isServing ? `, ${time(view.perRequest(path.ms))} for each request` : '';
      return {
        disease: 'large-json',
        weight: share * view.utilization,
        verdict: `${path.calls ?? 'JSON'} of large objects at ${view.line(path.at)}${inFunction(path.at)} keeps the loop: ${percent(share)} of all it does${each}.`,
        evidence: [
          `It took ${time(path.ms)} of the ${time(view.busyMs)} in which the loop was busy; nothing else runs meanwhile.`,
          ...callersOf(path, view),
        ],
        advice:
          'Send or read less (pages, fields), make the text once and keep it, or do it piece by piece: a stream, or one JSON text per line.',
        at: path.at,
      };
    });
};
