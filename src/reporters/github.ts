// Annotations of GitHub: workflow commands in the log, which it shows at the lines of a pull request.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
import { pathBelow, type CiOptions } from './ci-place.ts';
import type { Examined, Finding } from './findings.ts';
import { count } from './wording.ts';

/** What GitHub shows of one level in a step: more are dropped without a word. */
const mostOfLevel = 10;

type Level = 'error' | 'warning';

/** A line each finding: errors for what fails the build, warnings for all else. */
export function renderGithub(examined: readonly Examined[], { root, fails }: CiOptions): string {
  const all = examined.flatMap(({ findings }) => findings);
  const lines = (['error', 'warning'] as const).flatMap((level) => {
    const findings = all.filter((finding) => fails(finding) === (level === 'error'));
    // The last that is shown says how many are not.
    const shown = findings.length > mostOfLevel ? findings.slice(0, mostOfLevel - 1) : findings;
    const more = findings.length - shown.length;
    const rest = `${count(more, 'more finding')} of loopscope, of which GitHub shows none: see the summary of this step`;
    const drawn = shown.map((finding) => annotation(level, finding, root));
    return more > 0 ? drawn.concat(`::${level} title=loopscope::${escapeData(rest)}`) : drawn;
  });
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(level: Level, { rule, title, details, site }: Finding, root: string): string {
  const path = site === null ? null : pathBelow(root, site.file);
  const where = site === null || path === null ? {} : { file: path, line: site.line, col: site.column };
  const properties = Object.entries({ ...where, title: `loopscope: ${rule}` })
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  return `::${level} ${properties}::${escapeData([title, ...details].join('\n'))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
