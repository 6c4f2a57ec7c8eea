import { value } from '../../src/wss/der.ts';
import { issue, makeAuthority, type TestCertificate, type Wishes } from '../support/certificates.ts';

/** Authorities that may not call those whom they certify as they like, and what they called them. */

type Name = Buffer;
const ascii =
  (tag: number) =>
  (text: string): Name =>
    value(tag, Buffer.from(text, 'latin1'));
const mail = ascii(0x81);
const dns = ascii(0x82);
const uri = ascii(0x86);
const ip = (...octets: readonly number[]): Name => value(0x87, Buffer.from(octets));
const registered = value(0x88, Buffer.from([0x2a, 3, 4]));
const other = (last: number): Name =>
  value(0xa0, value(6, Buffer.from([0x2a, 3, last])), value(0xa0, value(0x0c, Buffer.from('x'))));
const ids = { C: '550406', O: '55040a', CN: '550403' } as const;
type Rdn = readonly [keyof typeof ids, string, number?];
const dir = (...rdns: readonly Rdn[]): Name =>
  value(
    0xa4,
    value(
      0x30,
      ...rdns.map(([type, text, tag = type === 'C' ? 0x13 : 0x0c]) =>
        value(0x31, value(0x30, value(6, Buffer.from(ids[type], 'hex')), value(tag, bytesOf(text, tag)))),
      ),
    ),
  );

function bytesOf(text: string, tag: number): Buffer {
  if (tag === 0x1e) return Buffer.from(text, 'utf16le').swap16();
  if (tag !== 0x1c) return Buffer.from(text);
  return Buffer.concat([...text].map((each) => Buffer.from([0, 0, 0, each.charCodeAt(0)])));
}

const subtrees = (tag: number, names: readonly Name[]) =>
  names.length === 0 ? [] : [value(tag, ...names.map((name) => value(0x30, name)))];
const constraints = (permitted: readonly Name[], excluded: readonly Name[]) =>
  value(0x30, ...subtrees(0xa0, permitted), ...subtrees(0xa1, excluded));
const called = (...names: readonly Name[]): Wishes => ({
  extensions: { '2.5.29.17': value(0x30, ...names) },
});

const EC: Wishes = { kind: 'p-256' };
const root = await makeAuthority('Wortel CA', undefined, EC);

export type Constrained = {
  readonly what: string;
  readonly holds: boolean;
  /** The signer's first, the configured authority last. */
  readonly chain: readonly TestCertificate[];
};

/** An intermediate with these constraints, and what it issued. */
async function under(
  what: string,
  [permitted, excluded]: Limits,
  holds: boolean,
  wishes: Wishes,
  name = 'afnemer',
): Promise<Constrained> {
  const extensions = { '2.5.29.30': constraints(permitted, excluded) };
  const middle = await makeAuthority('Beperkte CA', root, { ...EC, extensions });
  return { what, holds, chain: [await issue(middle, name, { ...EC, ...wishes }), middle, root] };
}

type Limits = readonly [permitted: readonly Name[], excluded: readonly Name[]];
const only = (...names: readonly Name[]): Limits => [names, []];
const never = (...names: readonly Name[]): Limits => [[], names];
const city = dir(['C', 'BE'], ['O', 'Stad Voorbeeld']);

const plain: readonly (readonly [string, Limits, boolean, Wishes, string?])[] = [
  ['directory name within', only(city), true, {}],
  [
    'directory name within, in other letters and strings',
    only(dir(['C', 'be'], ['O', ' STAD  voorbeeld ', 0x1e])),
    true,
    {},
  ],
  [
    'directory name within, in UniversalString',
    only(dir(['C', 'BE'], ['O', 'stad voorbeeld', 0x1c])),
    true,
    {},
  ],
  ['directory name of another', only(city), false, { organisation: 'Stad Elders' }],
  ['directory name that only begins alike', only(city), false, { organisation: 'Stad Voorbeeldig' }],
  [
    'directory name longer than its own',
    only(dir(['C', 'BE'], ['O', 'Stad Voorbeeld'], ['CN', 'x'])),
    false,
    {},
  ],
  ['directory name in another order', only(dir(['O', 'Stad Voorbeeld'])), false, {}],
  ['directory name of either of two', only(dir(['C', 'NL']), city), true, {}],
  ['directory name excluded', never(city), false, {}],
  [
    'directory name excluded, in other letters',
    never(dir(['C', 'be'], ['O', 'stad VOORBEELD', 0x13])),
    false,
    {},
  ],
  ['another directory name excluded', never(city), true, { organisation: 'Stad Elders' }],
  ['permitted and excluded', [[dir(['C', 'BE'])], [city]], false, {}],
  ['no name of the form that is permitted', only(dns('voorbeeld.be')), true, {}],
  ['host within', only(dns('voorbeeld.be')), true, called(dns('bus.VOORBEELD.be'))],
  ['host itself', only(dns('voorbeeld.be')), true, called(dns('voorbeeld.be'))],
  ['host that only ends alike', only(dns('voorbeeld.be')), false, called(dns('kwaadvoorbeeld.be'))],
  ['one host of two', only(dns('voorbeeld.be')), false, called(dns('a.voorbeeld.be'), dns('elders.be'))],
  ['host itself where below is permitted', only(dns('.voorbeeld.be')), false, called(dns('voorbeeld.be'))],
  ['host below', only(dns('.voorbeeld.be')), true, called(dns('a.voorbeeld.be'))],
  ['every host', only(dns('')), true, called(dns('a.voorbeeld.be'))],
  ['host excluded', never(dns('voorbeeld.be')), false, called(dns('a.voorbeeld.be'))],
  ['no host at all', never(dns('')), false, called(dns('a.voorbeeld.be'))],
  ['common name that is a host', only(dns('voorbeeld.be')), false, {}, 'bus.elders.be'],
  ['common name that is a host within', only(dns('voorbeeld.be')), true, {}, 'bus.voorbeeld.be'],
  [
    'common name that is a host beside alternatives',
    only(dns('voorbeeld.be')),
    true,
    called(dns('voorbeeld.be')),
    'bus.elders.be',
  ],
  ['mail of the host', only(mail('voorbeeld.be')), true, called(mail('Jan@Voorbeeld.be'))],
  ['mail of a host below', only(mail('voorbeeld.be')), false, called(mail('jan@a.voorbeeld.be'))],
  ['mail of hosts below', only(mail('.voorbeeld.be')), true, called(mail('jan@a.voorbeeld.be'))],
  ['mailbox', only(mail('jan@voorbeeld.be')), true, called(mail('jan@VOORBEELD.be'))],
  ['another mailbox', only(mail('jan@voorbeeld.be')), false, called(mail('Jan@voorbeeld.be'))],
  ['mail in the subject', only(mail('voorbeeld.be')), false, { mail: 'jan@elders.be' }],
  ['mail in the subject within', only(mail('voorbeeld.be')), true, { mail: 'jan@voorbeeld.be' }],
  ['mail that is none', never(mail('voorbeeld.be')), false, called(mail('jan'))],
  ['mail excluded', never(mail('voorbeeld.be')), false, called(mail('jan@voorbeeld.be'))],
  ['address of the web', only(uri('voorbeeld.be')), true, called(uri('https://Voorbeeld.be:8443/a'))],
  ['address of the web, below', only(uri('voorbeeld.be')), false, called(uri('https://a.voorbeeld.be/'))],
  ['addresses of the web, below', only(uri('.voorbeeld.be')), true, called(uri('https://a.voorbeeld.be/'))],
  ['address of the web excluded', never(uri('.voorbeeld.be')), false, called(uri('https://a.voorbeeld.be'))],
  ['address without a host', never(uri('voorbeeld.be')), false, called(uri('urn:a'))],
  ['IPv4 within', only(ip(192, 0, 2, 0, 255, 255, 255, 0)), true, called(ip(192, 0, 2, 7))],
  ['IPv4 without', only(ip(192, 0, 2, 0, 255, 255, 255, 0)), false, called(ip(192, 0, 3, 7))],
  [
    'IPv6 where IPv4 is permitted',
    only(ip(192, 0, 2, 0, 255, 255, 255, 0)),
    false,
    called(ip(...Array(16).fill(0))),
  ],
  [
    'IPv6 within',
    only(ip(0x20, 1, ...Array(14).fill(0), 255, 255, ...Array(14).fill(0))),
    true,
    called(ip(0x20, 1, ...Array(14).fill(9))),
  ],
  ['IPv4 excluded', never(ip(192, 0, 2, 0, 255, 255, 255, 0)), false, called(ip(192, 0, 2, 7))],
  ['an address of five octets', never(ip(192, 0, 2, 0, 255, 255, 255, 0)), false, called(ip(1, 2, 3, 4, 5))],
  ['a form that is not known', only(registered), false, called(registered)],
  ['a form that is not known, excluded', never(registered), false, called(registered)],
  ['a form that is not known, of which there is no name', only(registered), true, called(dns('a.be'))],
  ['another kind of name', only(other(1)), false, called(other(1))],
  ['yet another kind of name', only(other(1)), true, called(other(2))],
];

/** Constraints higher up, and what they hold for. */
async function higher(): Promise<readonly Constrained[]> {
  const bounded = { ...EC, extensions: { '2.5.29.30': constraints([city], []) } };
  const anchor = await makeAuthority('Beperkte wortel CA', undefined, bounded);
  const middle = await makeAuthority('Tussen CA', anchor, EC);
  const stray = await makeAuthority('Tussen CA elders', anchor, { ...EC, organisation: 'Stad Elders' });
  const first = await makeAuthority('Sleutel CA', anchor, { ...bounded, organisation: 'Stad Voorbeeld' });
  const free = await makeAuthority('Vrije CA', root, { ...EC, organisation: 'Stad Elders' });
  const chain = async (below: typeof middle, above: readonly TestCertificate[], organisation: string) => [
    await issue(below, 'afnemer', { ...EC, organisation }),
    below,
    ...above,
  ];
  return [
    { what: 'two below the authority', holds: true, chain: await chain(middle, [anchor], 'Stad Voorbeeld') },
    {
      what: 'another, two below the authority',
      holds: false,
      chain: await chain(middle, [anchor], 'Stad Elders'),
    },
    {
      what: 'an intermediate that may not be called so',
      holds: false,
      chain: await chain(stray, [anchor], 'Stad Voorbeeld'),
    },
    { what: 'both hold', holds: true, chain: await chain(first, [anchor], 'Stad Voorbeeld') },
    { what: 'no constraints anywhere', holds: true, chain: await chain(free, [root], 'Stad Voorbeeld') },
  ];
}

export const constrained: readonly Constrained[] = [
  ...(await Promise.all(
    plain.map(([what, limits, holds, wishes, name]) => under(what, limits, holds, wishes, name)),
  )),
  ...(await higher()),
];

/**
 * Issued to itself, with names that its constraints do not permit: RFC 5280 §6.1.3 (b) lets it through. OpenSSL finds no way
 * from one key of a name to another without key identifiers.
 */
export async function ownRenewal(): Promise<Constrained> {
  const wishes = { ...EC, extensions: { '2.5.29.30': constraints([dns('voorbeeld.be')], []) } };
  const anchor = await makeAuthority('Rollende CA', undefined, wishes);
  const renewed = await makeAuthority('Rollende CA', anchor, { kind: 'p-384', ...called(dns('elders.be')) });
  const leaf = await issue(renewed, 'afnemer', EC);
  return { what: 'an authority that took a new key', holds: true, chain: [leaf, renewed, anchor] };
}

/** Constraints that say what is never said. */
export const unreadable = {
  'with a distance': value(0x30, value(0xa0, value(0x30, dns('a.be'), value(0x80, Buffer.from([1]))))),
  'of another kind': value(0x30, value(0xa2)),
  'that are none': value(0x04, Buffer.from('x')),
};
export { constraints, EC, root };
