// `--report` and `--fail-on`, for all commands that have findings.
import { rules } from '../rules/index.ts';
import type { Conclusion } from './conclude.ts';
import { parseFailOn } from './fail-on.ts';
import { parseOutputs } from './outputs.ts';
import { rendererNames, type RendererName } from './report-renderers.ts';

/**
 * Throws UsageError where they make no sense.
 * @param withoutFile the forms that need no file
 */
export function parseConclusion(
  report: readonly string[],
  failOn: string | undefined,
  withoutFile: readonly RendererName[],
): Conclusion {
  const names = rules.map(({ name }) => name);
  return {
    outputs: parseOutputs(report, rendererNames, withoutFile),
    failOn: failOn === undefined ? null : parseFailOn(failOn, names),
  };
}
