// What became of the spans of a process, as lines of text.
import type { DestinationEntry, Report } from '../report/format.ts';
import { wrap } from './lines.ts';
import { count, plain } from './wording.ts';

const longestProblem = 200;

/** Empty where none are made. */
export function drawTelemetry({ telemetry }: Report, width: number): string[] {
  if (telemetry == null) return []; // reports of earlier versions have none
  const { destinations, withoutSpan } = telemetry;
  const lines = destinations.flatMap((destination) => wrap(phrasesOf(destination), width, '', '  '));
  if (destinations.length === 0) lines.push("go to the program's own OpenTelemetry SDK");
  const limits: string[] = [];
  if (withoutSpan.tasks > 0) limits.push(count(withoutSpan.tasks, 'task'));
  if (withoutSpan.operations > 0) limits.push(count(withoutSpan.operations, 'operation'));
  if (limits.length > 0) lines.push(`${limits.join(' and ')} got no span, beyond the limits`);
  if (withoutSpan.itemLinks > 0) lines.push(`${count(withoutSpan.itemLinks, 'item')} without a link from get to put`);
  return lines;
}

function phrasesOf({ destination, exported, pending, dropped, failed, deleted, problem }: DestinationEntry): string[] {
  const number = (spans: number): string => spans.toLocaleString('en-US');
  const phrases = [`to ${plain(destination, longestProblem)}`, `${number(exported)} exported`];
  if (pending > 0) phrases.push(`${number(pending)} pending`);
  if (dropped > 0) phrases.push(`${number(dropped)} dropped because too many were pending`);
  if (failed > 0) phrases.push(`${number(failed)} not taken`);
  if (deleted > 0) phrases.push(`${number(deleted)} of them deleted to make room`);
  if (problem !== null) phrases.push(plain(problem, longestProblem));
  return phrases;
}
