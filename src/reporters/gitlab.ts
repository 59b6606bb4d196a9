// Code quality of GitLab: a JSON array, one object each finding. https://docs.gitlab.com/ci/testing/code_quality/
import { createHash } from 'node:crypto';
import { pathBelow, scriptOf, type CiOptions } from './ci-place.ts';
import type { Examined, Finding } from './findings.ts';

/** All findings, with fingerprints that stay the same when lines move: GitLab tells by them what is new. */
export function renderGitlab(examined: readonly Examined[], { root, fails }: CiOptions): string {
  const seen = new Map<string, number>();
  const issues = examined.flatMap(({ report, findings }) =>
    findings.map((finding) => {
      const { rule, title, details, site } = finding;
      const path = (site === null ? null : pathBelow(root, site.file)) ?? scriptOf(report.process, root);
      const known = fingerprint(finding, path);
      // GitLab shows one of those that are equal.
      const times = seen.get(known) ?? 0;
      seen.set(known, times + 1);
      return {
        description: [title, ...details].map((text) => (text.endsWith('.') ? text : `${text}.`)).join(' '),
        check_name: `loopscope-${rule}`,
        fingerprint: times === 0 ? known : fingerprint(finding, `${path}\0${times}`),
        severity: fails(finding) ? 'major' : 'minor',
        location: { path, lines: { begin: site !== null && pathBelow(root, site.file) !== null ? site.line : 1 } },
      };
    }),
  );
  return `${JSON.stringify(issues, null, 2)}\n`;
}

function fingerprint({ rule, subject, site }: Finding, path: string): string {
  return createHash('sha256')
    .update([rule, path, site?.function ?? '', subject].join('\0'))
    .digest('hex')
    .slice(0, 32);
}
