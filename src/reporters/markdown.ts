// Findings as Markdown for GitHub: the summary of a step, a comment. Nothing that comes from the program is markup.
import type { CiOptions } from './ci-place.ts';
import type { Examined, Finding } from './findings.ts';
import { renderText } from './text.ts';
import { count, duration, place, plain } from './wording.ts';

const mostRows = 100;
const longestText = 500;
const textWidth = 100;

/** A table of the findings, and the reports as text that can be unfolded; what does not fit into `maxBytes` is left out. */
export function renderMarkdown(
  examined: readonly Examined[],
  { fails }: CiOptions,
  maxBytes: number = Number.POSITIVE_INFINITY,
): string {
  const rows = examined.flatMap(({ report, findings }) => findings.map((finding) => ({ finding, report })));
  const shown = rows
    .slice(0, mostRows)
    .map(({ finding, report }) => drawRow(finding, report.process.directory, fails(finding)));
  const head = `## loopscope: ${summaryOf(examined)}\n\n`;
  const table = rows.length === 0 ? '' : `| | what | where |\n| --- | --- | --- |\n${shown.join('')}\n`;
  const more = rows.length > shown.length ? `… and ${count(rows.length - shown.length, 'more finding')}.\n\n` : '';
  const left = '_The rest did not fit: `--report json=FILE` has all._\n';
  let text = '';
  let bytes = Buffer.byteLength(left);
  for (const draw of [() => head, () => table, () => more, ...examined.map((one) => () => drawReport(one))]) {
    const part = draw();
    bytes += Buffer.byteLength(part);
    if (bytes > maxBytes) return `${text}${left}`;
    text += part;
  }
  return text;
}

/** `3 findings in 2 processes`: what is the title of a page. */
export function summaryOf(examined: readonly Examined[]): string {
  const findings = examined.flatMap(({ findings: own }) => own);
  if (findings.length === 0) return 'nothing is left behind';
  const kinds = Map.groupBy(findings, ({ rule }) => rule);
  return [...kinds].map(([rule, { length }]) => `${length} ${rule}`).join(', ');
}

function drawRow({ rule, title, details, site }: Finding, directory: string, fails: boolean): string {
  const what = [`**${code(title)}**`, ...details.map(code)].join('<br>');
  const where = site === null ? '' : code(place(site, directory));
  return `| ${fails ? '❌' : '⚠️'} ${rule} | ${what} | ${where} |\n`;
}

function drawReport({ report }: Examined): string {
  const { pid, threadId, command, node, uptimeMs } = report.process;
  const thread = threadId === 0 ? '' : `, worker thread ${threadId}`;
  const test = report.test?.name == null ? '' : `${code(report.test.name)} · `;
  const title = `${test}${code(command)} · pid ${pid}${thread}, Node ${code(node)}, up ${duration(uptimeMs)}`;
  const text = renderText(report, { width: textWidth }).trim();
  return `<details><summary>${title}</summary>\n\n${fence(text)}\n\n</details>\n\n`;
}

/** A block of code that nothing in the text can end. */
function fence(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}text\n${text}\n${ticks}`;
}

/** Text that is shown as it is, also within a table or a tag: whatever could mean something is a character reference. */
export function code(text: string): string {
  const inert = plain(text, longestText).replaceAll(
    /[^\p{L}\p{N} .,:;#/()'"·…+%=→-]/gu,
    (character) => `&#${character.codePointAt(0)};`,
  );
  return `<code>${inert.replaceAll('://', '&#58;//')}</code>`;
}
