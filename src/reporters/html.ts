// The findings of a run and its reports as one page, which needs no network and lets nothing in it run but its own script.
import { createHash } from 'node:crypto';
import type { CiOptions } from './ci-place.ts';
import type { Examined } from './findings.ts';
import { drawRecording, type DiagnosedRecording } from './html-diagnosis.ts';
import { drawReport, titleOf } from './html-report.ts';
import { script } from './html-script.ts';
import { style } from './html-style.ts';
import { summaryOf } from './markdown.ts';
import { markup, trusted, type Markup } from './markup.ts';
import { count, plain } from './wording.ts';

const mostReports = 50;

/** The whole page; `examined` oldest first. */
export function renderHtml(examined: readonly Examined[], options: CiOptions): string {
  const shown = examined.slice(0, mostReports);
  const summary = summaryOf(examined);
  const links = shown.map(
    ({ report, findings }, index) =>
      markup`<li><a href="#r${index}">${titleOf(report)}</a> <small>${count(findings.length, 'finding')}</small></li>`,
  );
  const more = examined.length - mostReports;
  return drawPage(
    summary,
    links,
    markup`${shown.length === 0 ? markup`<p class="fine">Nothing is left behind.</p>` : null}${shown.map((one, index) => drawReport(one, index, options))}${more > 0 ? markup`<p class="dim">… and ${count(more, 'more report')}; the JSON has all</p>` : null}`,
  );
}

/** The page of recordings of the doctor. */
export function renderRecordings(recordings: readonly DiagnosedRecording[]): string {
  const [first] = recordings;
  const title =
    recordings.length === 1 && first !== undefined
      ? plain(first.diagnosis.command, 300)
      : count(recordings.length, 'recording');
  const links = recordings.map(
    ({ diagnosis }, index) =>
      markup`<li><a href="#r${index}">${plain(diagnosis.command)}</a> <small>${plain(diagnosis.sentence, 300)}</small></li>`,
  );
  return drawPage(`doctor of ${title}`, links, markup`${recordings.map(drawRecording)}`);
}

function drawPage(title: string, links: readonly Markup[], body: Markup): string {
  const policy = `default-src 'none'; style-src '${hash(style)}'; script-src '${hash(script)}'; base-uri 'none'; form-action 'none'`;
  const nav = links.length > 1 ? markup`<nav aria-label="Reports"><ul>${links}</ul></nav>` : null;
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>loopscope: ${title}</title>
<style>${trusted(style)}</style></head>
<body><header><h1>loopscope: ${title}</h1>${nav}</header>
<div class="bar-of-tools" role="search"><input type="search" aria-label="Show lines with these words" placeholder="Show lines with …" autocomplete="off"><button type="button" data-do="unfold">Unfold all</button><button type="button" data-do="fold">Fold all</button><output aria-live="polite" class="dim"></output></div>
<main>${body}</main>
<script>${trusted(script)}</script></body></html>
`;
  return page.html;
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
