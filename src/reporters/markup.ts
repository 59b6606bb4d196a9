// HTML that is put together from pieces: what is no markup is escaped, always.

/** A piece of HTML. */
export interface Markup {
  readonly html: string;
}

type Piece = string | number | Markup | readonly Markup[] | null;

/** A template of HTML: texts and numbers in it are escaped, pieces of HTML are not, null is nothing. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let html = parts[0] as string;
  for (const [index, piece] of pieces.entries()) html += htmlOf(piece) + (parts[index + 1] as string);
  return { html };
}

/** What is HTML already, and ours. */
export function trusted(html: string): Markup {
  return { html };
}

function htmlOf(piece: Piece): string {
  if (piece === null) return '';
  if (typeof piece === 'number') return String(piece);
  if (typeof piece === 'string') return escapeHtml(piece);
  if ('html' in piece) return piece.html;
  return piece.map(({ html }) => html).join('');
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] as string);
}
