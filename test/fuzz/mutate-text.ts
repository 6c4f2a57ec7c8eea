import { insert, put, textsOf, tokensOf } from './markup.ts';
import type { Mutator, Mutators } from './mutator.ts';
import type { Random } from './random.ts';

/** Characters, and the many ways to write one. */

const SPECIAL = [
  ...[
    '\0',
    '\u0001',
    '\t',
    '\n',
    '\r',
    '\r\n',
    ' ',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\ufffe',
  ],
  ...[
    'é',
    'e\u0301',
    'ﬁ',
    '\u{1f600}',
    '\u{10ffff}',
    '<',
    '>',
    '&',
    '"',
    "'",
    ']]>',
    '--',
    '/',
    '=',
    ':',
    '%',
  ],
  ...[
    '&amp;',
    '&lt;',
    '&#13;',
    '&#xD;',
    '&#9;',
    '&#x0;',
    '&#x110000;',
    '&nbsp;',
    '&l;',
    '&#38;lt;',
    '&#x3c;',
  ],
  ...[
    '<!---->',
    '<!-- a -->',
    '<!-- -- -->',
    '<?p a?>',
    '<![CDATA[]]>',
    '<![CDATA[<]]>',
    '<a/>',
    '</a>',
    '<a>',
  ],
] as const;

const somewhere = (text: string, random: Random) => random.int(text.length + 1);
const stretch = (text: string, random: Random) => {
  const from = somewhere(text, random);
  return { from, to: Math.min(text.length, from + 1 + random.int(random.chance(0.8) ? 8 : 400)) };
};

/** Changes one text between tags. */
const inText =
  (change: (content: string, random: Random) => string): Mutator =>
  (text, random) => {
    const texts = textsOf(text);
    if (texts.length === 0) return text;
    const range = random.pick(texts);
    return put(text, range, change(text.slice(range.from, range.to), random));
  };
const splitAt = (content: string, random: Random): readonly [string, string, string] => {
  const at = random.int(content.length);
  const end = at + 1 + random.int(content.length - at);
  return [content.slice(0, at), content.slice(at, end), content.slice(end)];
};
const plain = (content: string) => !/[&<>]/.test(content);

export const textMutators: Mutators = {
  'a character more': (text, random) => insert(text, somewhere(text, random), random.pick(SPECIAL)),
  'a stretch less': (text, random) => put(text, stretch(text, random), ''),
  'a stretch twice': (text, random) => {
    const { from, to } = stretch(text, random);
    return insert(text, to, text.slice(from, to));
  },
  'a stretch elsewhere': (text, random) => {
    const range = stretch(text, random);
    const rest = put(text, range, '');
    return insert(rest, somewhere(rest, random), text.slice(range.from, range.to));
  },
  'a character for another': (text, random) => {
    const at = somewhere(text, random);
    return put(
      text,
      { from: at, to: at + 1 },
      String.fromCharCode(random.int(random.chance(0.9) ? 128 : 0xd800)),
    );
  },
  'broken off': (text, random) => text.slice(0, somewhere(text, random)),
  'the end of another': (text, random, others) => {
    const other = random.pick(others);
    return text.slice(0, somewhere(text, random)) + other.slice(somewhere(other, random));
  },
  'text as CDATA': inText((content, random) => {
    const [before, part, after] = splitAt(content, random);
    return plain(part) ? `${before}<![CDATA[${part}]]>${after}` : content;
  }),
  'text as references': inText((content, random) => {
    const [before, part, after] = splitAt(content, random);
    if (!plain(part)) return content;
    const base = random.pick([10, 16]);
    const written = [...part].map(
      (each) => `&#${base === 16 ? 'x' : ''}${each.codePointAt(0)?.toString(base)};`,
    );
    return before + written.join('') + after;
  }),
  'a comment in text': inText((content, random) => {
    const [before, part, after] = splitAt(content, random);
    return `${before}<!--${random.chance(0.5) ? part : ''}-->${random.chance(0.5) ? part : ''}${after}`;
  }),
  'text of another': (text, random, others) => {
    const other = random.pick(others);
    const [here, there] = [textsOf(text), textsOf(other)];
    if (here.length === 0 || there.length === 0) return text;
    const { from, to } = random.pick(there);
    return put(text, random.pick(here), other.slice(from, to));
  },
  'something in text': inText((content, random) => {
    const at = random.int(content.length + 1);
    return content.slice(0, at) + random.pick(SPECIAL) + content.slice(at);
  }),
  'something between tags': (text, random) => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return text;
    return insert(text, random.pick(tokens).to, random.pick(SPECIAL));
  },
  'layout between tags': (text, random) => {
    const layout = random.pick(['\n', '\r\n', '\t', '  ', '\n\n    ']);
    return random.chance(0.3) ? text.replaceAll('><', `>${layout}<`) : insertLayout(text, random, layout);
  },
  'layout in a tag': (text, random) => {
    const tags = tokensOf(text).filter(({ kind }) => kind === 'tag');
    if (tags.length === 0) return text;
    const { from, to } = random.pick(tags);
    const end = text[to - 2] === '/' ? to - 2 : to - 1;
    return from < end ? insert(text, end, random.pick([' ', '\n', '\t', '\r\n', '\u00a0'])) : text;
  },
  'other line ends': (text, random) =>
    random.chance(0.5) ? text.replaceAll('\n', '\r\n') : text.replaceAll(/\r?\n/g, '\r'),
  'a prolog': (text, random) => random.pick(PROLOGS) + text.replace(/^<\?xml[^>]*\?>/, ''),
  'an epilog': (text, random) => text + random.pick(['\n', '<!-- -->', '<?p?>', '<a/>', '\0', 'a', text]),
  'much of it': (text, random) => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return text;
    const { from, to } = random.pick(tokens);
    // Few are really large: they take as long as a thousand others.
    const times = random.chance(0.02) ? 10_000 : random.pick([2, 20, 200]);
    return insert(text, to, text.slice(from, to).repeat(Math.min(times, Math.floor(900_000 / (to - from)))));
  },
};

function insertLayout(text: string, random: Random, layout: string): string {
  const tokens = tokensOf(text);
  return tokens.length === 0 ? text : insert(text, random.pick(tokens).to, layout);
}

const PROLOGS = [
  ...['<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>\n', '<?xml version="1.1"?>'],
  ...[
    '<?xml version="1.0" encoding="utf-16"?>',
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    '\n<?xml version="1.0"?>',
  ],
  ...['<?xml version="1.0" standalone="yes"?>', '<?xml version="1.0" encoding="UTF-8" encoding="UTF-16"?>'],
  ...[
    '<!-- a -->',
    '\n',
    ' ',
    '\ufeff',
    '<?p a?>',
    '<!DOCTYPE a>',
    '<!DOCTYPE s:Envelope [<!ENTITY l "l">]>',
  ],
  '<!DOCTYPE s:Envelope [<!ATTLIST s:Body a CDATA "b">]>',
] as const;
