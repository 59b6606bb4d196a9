// unclosed-resource: what is opened at one place is never closed.
import type { HandleKind, HandleSiteEntry } from '../report/handles.ts';
import { count, duration, lineOf } from '../report/phrases.ts';
import { findLeftOpen } from './left-open.ts';
import { grouped } from './names.ts';
import { byLibrary, calls, endOf, handles } from './open-words.ts';
import type { Finding, Rule, RuleContext } from './rule.ts';

/** In each quarter of the looks there have to be so many. */
const looksOfQuarter = 3;
// Those who connect decide how many there are: a rush of clients is no leak.
const moreForIncoming = 20;
// They come and go with what they belong to.
const ofChild: ReadonlySet<HandleKind> = new Set(['ipc', 'pipe']);

export const unclosedResource: Rule = {
  name: 'unclosed-resource',
  summary: 'what is opened at one line is not closed',
  threshold: { value: 50, unit: 'handles', of: 'how many of one line are open, after their number grew and grew' },
  meaning:
    'Sockets, timers, watchers, files or other things that are made at one line of the program are not closed as fast ' +
    'as they are made. Each takes memory, most take a descriptor, of which a process has some thousand; then nothing ' +
    'can be opened any more. One is enough where it keeps a program from ending that --timeout gave a time to end.',
  quiet:
    'Their number has fallen or stood between two quarters of the last two minutes, as that of a pool or of keep-alive ' +
    'connections does once it is full. It has not doubled meanwhile. There are fewer than the threshold; of connections that a ' +
    'server has accepted, than 20 times as many. At --timeout: a task or a function of the program still waits, or somebody ' +
    'is connected to the server. Without --handles only servers, connections, UDP sockets, child processes, workers and ' +
    'FileHandles have lines, and timers that of the function that they call. A FileHandle that the garbage collector had ' +
    'to close is always a warning.',
  fix:
    'Close what you open in a finally block or with `using`. Make clients, pools and agents once, at the start, and ' +
    'not for each request. Clear timers and close watchers together with what they were made for.',
  wrong: `app.get('/orders', async () => {
  const client = createClient();         // one more for each request
  await client.connect();
  return client.get('orders');
});`,
  right: `const client = await createClient().connect();
app.get('/orders', () => client.get('orders'));`,
  check(context) {
    const { report } = context;
    const { handles: open } = report;
    const found = [...findLeftOpen(context), ...findLost(context)];
    if (open === undefined) {
      const unknown = `${report.reason === 'exit' ? 'at the exit ' : ''}nobody looked at what is open`;
      return found.length > 0 ? found : { unknown };
    }
    found.push(...open.sites.flatMap((site) => findGrowth(site, context)));
    const isTooEarly = open.sites.some(
      (site) => site.seen.length < looksOfQuarter * 4 && site.open >= limitOf(site, context),
    );
    return found.length === 0 && isTooEarly ? { unknown: 'what is open was not looked at for long enough' } : found;
  },
};

function limitOf({ kind }: HandleSiteEntry, { threshold }: RuleContext): number {
  return kind === 'incoming' ? threshold * moreForIncoming : threshold;
}

function findGrowth(site: HandleSiteEntry, context: RuleContext): Finding[] {
  const { kind, at, open, seen } = site;
  const quarter = Math.floor(seen.length / 4);
  if (ofChild.has(kind) || quarter < looksOfQuarter || open < limitOf(site, context)) return [];
  const last = seen.slice(-4 * quarter);
  const least = [0, 1, 2, 3].map((index) =>
    Math.min(...last.slice(index * quarter, (index + 1) * quarter).map((each) => each.open)),
  );
  const [first = 0, , , fourth = 0] = least;
  const grows = least.every((each, index) => index === 0 || each > (least[index - 1] ?? 0));
  if (!grows || fourth < first * 2) return [];
  const { directory } = context.report.process;
  const line = lineOf(at, directory);
  const made = site.isCalled === true ? `that ${calls(open, at.function, line)}` : `made at ${line}${byLibrary(site)}`;
  return [
    {
      message:
        `${handles(open, kind)} ${made} are open; there were ${grouped(last[0]?.open ?? 0)} ` +
        `${duration(last[0]?.agoMs ?? 0)} ago, and they have become more and more since.`,
      advice: endOf(kind),
      site: at,
      count: open,
      value: open,
    },
  ];
}

function findLost({ report: { history, process } }: RuleContext): Finding[] {
  return (history?.lostFiles?.entries ?? []).map(({ at, through, count: number }) => {
    const where = at === null ? '' : ` opened at ${lineOf(at, process.directory)}${byLibrary({ through })}`;
    const [were, them] = number === 1 ? ['was', 'it'] : ['were', 'them'];
    return {
      message:
        `${count(number, 'file')}${where} ${were} never closed: the garbage collector had to close ${them}, for which Node ` +
        '26 and later end the program.',
      advice: endOf('file'),
      site: at,
      count: number,
      value: number,
    };
  });
}
