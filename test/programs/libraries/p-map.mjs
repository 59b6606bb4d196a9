// pMap whose mapper hangs for one item, and knows nothing of loopscope.
import pMap from 'p-map';

void pMap(
  [1, 2, 3, 4],
  async function load(number) {
    if (number === 2) await new Promise(() => {});
    return number;
  },
  { concurrency: 2 },
);
void pMap([1], () => new Promise(() => {}));
