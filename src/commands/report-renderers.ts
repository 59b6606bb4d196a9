// The forms in which findings can be written: one reporter and one line each.
import { appendSummary } from '../process/step-summary.ts';
import type { CiOptions } from '../reporters/ci-place.ts';
import type { Examined } from '../reporters/findings.ts';
import { renderGithub } from '../reporters/github.ts';
import { renderGitlab } from '../reporters/gitlab.ts';
import { renderHtml } from '../reporters/html.ts';
import { renderJson } from '../reporters/json.ts';
import { renderJunit } from '../reporters/junit.ts';
import { renderMarkdown } from '../reporters/markdown.ts';
import { renderText, type TextOptions } from '../reporters/text.ts';
import type { Output } from './outputs.ts';

type Renderer = (examined: readonly Examined[], options: CiOptions, drawing?: TextOptions) => string;

const fileWidth = 100;

const renderers = {
  text: (examined, _, drawing = { width: fileWidth }) =>
    examined.map(({ report }) => renderText(report, drawing)).join('') || 'loopscope: nothing is left behind\n',
  json: (examined) => examined.map(({ report }) => renderJson(report)).join(''),
  junit: renderJunit,
  gitlab: renderGitlab,
  github: renderGithub,
  markdown: (examined, options) => renderMarkdown(examined, options),
  html: renderHtml,
} satisfies Readonly<Record<string, Renderer>>;

export type RendererName = keyof typeof renderers;
export const rendererNames = Object.keys(renderers) as readonly RendererName[];

/** Draws findings in one of the forms. */
export function render(
  name: RendererName,
  examined: readonly Examined[],
  options: CiOptions,
  drawing?: TextOptions,
): string {
  return renderers[name](examined, options, drawing);
}

/** What `github` writes beside its annotations: the summary of the step. Nothing elsewhere. */
export function summariesOf(
  outputs: readonly Output[],
  examined: readonly Examined[],
  options: CiOptions,
): (() => void)[] {
  return outputs.some(({ name }) => name === 'github') ? [() => appendSummary(examined, options)] : [];
}
