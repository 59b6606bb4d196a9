// JUnit's XML, as Jenkins and GitLab read it: a suite for each process or file of tests, a case for each finding or test.
// It keeps to what the schemas of Jenkins (junit-10.xsd) and Ant (JUnit.xsd) have in common.
import { pathBelow, scriptOf, type CiOptions } from './ci-place.ts';
import type { Examined, Finding } from './findings.ts';
import { place, plain } from './wording.ts';

interface Case {
  readonly name: string;
  readonly seconds: number;
  /** Empty where it passes. */
  readonly findings: readonly Finding[];
  /** False for what was found and fails no build: it counts as skipped. */
  readonly fails: boolean;
}

const longestName = 300;

/** All findings; a process without any is a case that passes. */
export function renderJunit(examined: readonly Examined[], options: CiOptions): string {
  const suites = Map.groupBy(examined, (one) => suiteName(one, options.root));
  if (suites.size === 0) suites.set('loopscope', []);
  const drawn = [...suites].map(([name, members], index) => drawSuite(name, members, index, options));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${drawn.join('')}</testsuites>\n`;
}

function suiteName({ report }: Examined, root: string): string {
  const { test, process: of } = report;
  if (test !== undefined) return pathBelow(root, test.file) ?? test.file;
  const thread = of.threadId === 0 ? '' : ` (worker thread ${of.threadId})`;
  return `${scriptOf(of, root)}${thread}`;
}

function drawSuite(name: string, members: readonly Examined[], id: number, options: CiOptions): string {
  const cases = members.flatMap((one) => casesOf(one, options));
  if (cases.length === 0) cases.push({ name: 'leaves nothing behind', seconds: 0, findings: [], fails: false });
  const failures = cases.filter(({ fails }) => fails).length;
  const first = members[0]?.report;
  const attributes = {
    name: plain(name, longestName),
    package: 'loopscope',
    id,
    timestamp: (first?.takenAt ?? new Date().toISOString()).slice(0, 19),
    hostname: 'localhost',
    tests: cases.length,
    failures,
    errors: 0,
    skipped: cases.filter(({ findings, fails }) => findings.length > 0 && !fails).length,
    time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  };
  const properties = members.slice(0, 1).map(({ report: { process: of } }) => {
    const facts = { pid: of.pid, node: of.node, command: plain(of.command, longestName) };
    return Object.entries(facts).map(([key, value]) => `      <property${drawAttributes({ name: key, value })}/>\n`);
  });
  return [
    `  <testsuite${drawAttributes(attributes)}>\n`,
    `    <properties>\n${properties.flat().join('')}    </properties>\n`,
    ...cases.map((one) => drawCase(one, name, members)),
    '    <system-out></system-out>\n    <system-err></system-err>\n',
    '  </testsuite>\n',
  ].join('');
}

/** A test is one case, whatever was found; of a process without tests each finding is. */
function casesOf({ report, findings }: Examined, { fails }: CiOptions): Case[] {
  const { test } = report;
  if (test !== undefined) {
    const name = test.name ?? 'the whole file';
    return [{ name, seconds: test.ranMs / 1000, findings, fails: findings.some(fails) }];
  }
  return findings.map((finding) => ({
    name: `${finding.rule}: ${finding.label}`,
    seconds: 0,
    findings: [finding],
    fails: fails(finding),
  }));
}

function drawCase({ name, seconds, findings, fails }: Case, suite: string, members: readonly Examined[]): string {
  const attributes = { name: plain(name, longestName), classname: plain(suite, longestName), time: seconds.toFixed(3) };
  const [first] = findings;
  if (first === undefined) return `    <testcase${drawAttributes(attributes)}/>\n`;
  const directory = members[0]?.report.process.directory ?? '/';
  const text = findings.flatMap(({ title, details, site }) => [
    title,
    ...(site === null ? [] : [`  at ${place(site, directory)}`]),
    ...details.map((line) => `  ${line}`),
  ]);
  const message = drawAttributes({ message: first.title, ...(fails ? { type: first.rule } : {}) });
  const found = escapeXml(text.join('\n'));
  return [
    `    <testcase${drawAttributes(attributes)}>\n`,
    fails ? `      <failure${message}>${found}</failure>\n` : `      <skipped${message}>${found}</skipped>\n`,
    '    </testcase>\n',
  ].join('');
}

function drawAttributes(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way to write most control characters, nor halves of surrogate pairs. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll(/[&<>"]/g, (character) => escapes[character] as string);
}
