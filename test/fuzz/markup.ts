/** Markup as a row of tokens, well-formed or not: what is mutated mostly is not. */
export type Token = { readonly kind: 'tag' | 'text' | 'other'; readonly from: number; readonly to: number };

/** An element's whole text, and where its start tag ends. */
export type Range = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly inside: number;
};

const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[?!][^>]*>|<(?:"[^"]*"|'[^']*'|[^"'>])*>|[^<]+|</g;

export function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(TOKEN)].map(({ 0: found, index }) => ({
    kind: /^<[^?!]/.test(found) ? 'tag' : found.startsWith('<') ? 'other' : 'text',
    from: index,
    to: index + found.length,
  }));
}

/** Every element that is closed, outermost first. */
export function elementsOf(text: string): readonly Range[] {
  const open: { readonly name: string; readonly from: number; readonly inside: number }[] = [];
  const found: Range[] = [];
  for (const { kind, from, to } of tokensOf(text)) {
    if (kind !== 'tag') continue;
    const name = /^<\/?([^\s/>]+)/.exec(text.slice(from, to))?.[1] ?? '';
    if (text[from + 1] === '/') {
      const start = open.findLastIndex((each) => each.name === name);
      const [element] = start === -1 ? [] : open.splice(start);
      if (element) found.push({ ...element, to });
    } else if (text[to - 2] === '/') found.push({ name, from, to, inside: to });
    else open.push({ name, from, inside: to });
  }
  return found.sort((a, b) => a.from - b.from);
}

/** Start tags, those of empty elements included. */
export const startTagsOf = (text: string): readonly Token[] =>
  tokensOf(text).filter(({ kind, from }) => kind === 'tag' && text[from + 1] !== '/');

export type AttributeRange = {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Of the value, without its quotes. */
  readonly value: { readonly from: number; readonly to: number };
};

export function attributesOf(text: string): readonly AttributeRange[] {
  return startTagsOf(text).flatMap((tag) =>
    [...text.slice(tag.from, tag.to).matchAll(/\s+([^\s=<>"'/]+)\s*=\s*(?:"[^"]*"|'[^']*')/g)].map(
      (match) => {
        const from = tag.from + match.index;
        const to = from + match[0].length;
        const quote = match[0].at(-1) ?? '"';
        const begin = from + match[0].indexOf(quote) + 1;
        return { name: match[1] ?? '', from, to, value: { from: begin, to: to - 1 } };
      },
    ),
  );
}

/** What is between tags and is not only layout. */
export const textsOf = (text: string): readonly Token[] =>
  tokensOf(text).filter(({ kind, from, to }) => kind === 'text' && text.slice(from, to).trim() !== '');

export const put = (text: string, { from, to }: { from: number; to: number }, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

export const insert = (text: string, at: number, what: string): string =>
  text.slice(0, at) + what + text.slice(at);
