// Phrases on lines, in colour or not.
import { styleText } from 'node:util';
import { cutRight, widthOf } from './wording.ts';

export type Paint = (format: 'bold' | 'dim' | 'red' | 'cyan', text: string) => string;

const separator = ' · ';

/** What paints a text, or leaves it as it is. */
export function painter(colour: boolean): Paint {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}

/** Phrases joined into as few lines as fit; a phrase that is too long for a line stays whole. */
export function wrap(phrases: readonly string[], width: number, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const phrase of phrases) {
    const prefix = lines.length === 0 ? first : rest;
    const joined = line === '' ? `${prefix}${phrase}` : `${line}${separator}${phrase}`;
    if (line === '' || widthOf(joined) <= width) line = joined;
    else {
      lines.push(line);
      line = `${rest}${phrase}`;
    }
  }
  return [...lines, line];
}

// A number and its unit are one word, and so is a time of two units: `2 m 30 s`.
const betweenWords = /(?!(?<=\d) (?:(?:[nµm]?s|[mhd]|[kMG]?B)\b|%))(?!(?<=\d [mhd]) \d+ [smh]\b) /;

/** A sentence on as many lines as it takes; a word that is too long for a line is cut. */
export function foldWords(sentence: string, width: number, rest: string): string[] {
  return foldPieces(sentence.split(betweenWords), width, rest, ' ');
}

/** Pieces on as many lines as they take, each line but the first behind `rest`. */
export function foldPieces(pieces: readonly string[], width: number, rest: string, between: string): string[] {
  const before = `${rest}${between.trimStart()}`;
  const longest = Math.max(8, width - widthOf(before));
  const lines: string[] = [];
  let line = '';
  for (const [index, whole] of pieces.entries()) {
    const piece = cutRight(whole, longest);
    const joined = index === 0 ? piece : `${line}${between}${piece}`;
    if (index === 0 || widthOf(joined) <= width) line = joined;
    else {
      lines.push(line);
      line = `${before}${piece}`;
    }
  }
  return [...lines, line];
}
