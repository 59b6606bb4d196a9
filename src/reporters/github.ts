// Annotations of GitHub: workflow commands in the log, which it shows at the lines of a pull request.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
import { pathBelow, type CiOptions } from './ci-place.ts';
import type { Examined, Finding } from './findings.ts';
import { count } from './wording.ts';

/** What GitHub shows of one level in a step: more are dropped without a word. */
export const mostOfLevel = 10;

type Level = 'error' | 'warning';

/** A line for each place: an error where something fails the build, else a warning. */
export function renderGithub(examined: readonly Examined[], { root, fails }: CiOptions): string {
  const all = examined.flatMap((one, index) => [
    ...Map.groupBy(one.findings, (finding) => placeOf(finding, index)).values(),
  ]);
  const lines = (['error', 'warning'] as const).flatMap((level) => {
    const places = all.filter((findings) => findings.some(fails) === (level === 'error'));
    // The last that is shown says how many are not.
    const shown = places.length > mostOfLevel ? places.slice(0, mostOfLevel - 1) : places;
    const more = places.length - shown.length;
    const rest = `${count(more, 'more finding')} of loopscope, of which GitHub shows none: see the summary of this step`;
    const drawn = shown.map((findings) => annotation(level, findings, root));
    return more > 0 ? drawn.concat(`::${level} title=loopscope::${escapeData(rest)}`) : drawn;
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** What is said of one task at one line is one annotation. */
function placeOf({ rule, subject, task, site }: Finding, report: number): string {
  return [report, site?.file, site?.line, task ?? `${rule} ${subject}`].join('\0');
}

function annotation(level: Level, findings: readonly Finding[], root: string): string {
  const [{ site }] = findings as readonly [Finding];
  const path = site === null ? null : pathBelow(root, site.file);
  const where = site === null || path === null ? {} : { file: path, line: site.line, col: site.column };
  const properties = Object.entries({ ...where, title: `loopscope: ${findings.map(({ rule }) => rule).join(', ')}` })
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  return `::${level} ${properties}::${escapeData(findings.flatMap(({ title, details }) => [title, ...details]).join('\n'))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
