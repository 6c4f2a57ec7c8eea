import { hash } from 'node:crypto';
import * as m from '../support/signed-message.ts';
import { type Attack, attack, type Harmless, malformed } from './attack.ts';
import { type Craft, INSZ, replaced } from './craft.ts';

/** C. What one reader takes for another message than the next does; the signer may well be in on it. */

const inReference = (craft: Craft, text: string) => ({ body: craft.question({ reference: text }) });
const contentType = ({ version }: Craft, charset: string) =>
  `${version === '1.1' ? 'text/xml' : 'application/soap+xml'}; charset=${charset}`;
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const spliced = (text: string, marker: string, bytes: readonly number[]) => {
  const at = Buffer.from(text).indexOf(marker);
  return Buffer.concat([
    Buffer.from(text).subarray(0, at),
    Buffer.from(bytes),
    Buffer.from(text).subarray(at),
  ]);
};
const comments = { twin: (craft: Craft) => replaced(craft.signed(), '<s:Header>', '<s:Header><!-- a -->') };
const changed = (what: string, line: string, change: (good: string) => string) =>
  attack(line, what, /^Body #BODY-\w+ was changed after it was signed/, (craft) => change(craft.signed()), {
    forged: true,
  });

export const parser: readonly Attack[] = [
  malformed(
    'C1',
    'processing instruction in signed text',
    /^processing instruction in a SOAP message/,
    (craft) => craft.signed(inReference(craft, `<?p not-?>${craft.version}`)),
  ),
  malformed(
    'C1',
    'processing instruction before the envelope',
    /^processing instruction/,
    (craft) => `<?p a?>${craft.signed()}`,
  ),
  attack(
    'C2',
    'comment inside signed text',
    /^comment inside character data/,
    (craft) => craft.signed(inReference(craft, `referte<!-- -->${craft.version}`)),
    comments,
  ),
  attack(
    'C2',
    'comment put into signed text',
    /^comment inside character data/,
    (craft) => replaced(craft.signed(), `<INSZ>${INSZ}`, `<INSZ>${INSZ.slice(0, 5)}<!---->${INSZ.slice(5)}`),
    comments,
  ),
  malformed(
    'C3',
    'charset of the header that the bytes are not in',
    /^Content-Type charset says "iso-8859-1"/,
    (craft) => ({
      body: craft.signed(),
      contentType: contentType(craft, 'iso-8859-1'),
    }),
  ),
  malformed(
    'C3',
    'declared encoding that the bytes are not in',
    /^XML declaration says "ISO-8859-1"/,
    (craft) => `<?xml version="1.0" encoding="ISO-8859-1"?>${craft.signed()}`,
    { twin: (craft) => `<?xml version="1.0" encoding="UTF-8"?>${craft.signed()}` },
  ),
  malformed(
    'C3',
    'UTF-16 that is declared as UTF-8',
    /^XML declaration says "UTF-8"/,
    (craft) => ({
      body: utf16(`<?xml version="1.0" encoding="UTF-8"?>${craft.signed()}`),
      contentType: contentType(craft, 'utf-16'),
    }),
    { twin: (craft) => ({ body: utf16(craft.signed()), contentType: contentType(craft, 'utf-16') }) },
  ),
  malformed(
    'C3',
    'declaration that names two encodings',
    /^processing instruction/,
    (craft) => `<?xml version="1.0" encoding="UTF-8" encoding="UTF-16"?>${craft.signed()}`,
    { twin: (craft) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${craft.signed()}` },
  ),
  malformed(
    'C3',
    'declaration of XML 1.1, which ends lines elsewhere',
    /^processing instruction/,
    (craft) => `<?xml version="1.1"?>${craft.signed()}`,
    { twin: (craft) => `<?xml version="1.0"?>${craft.signed()}` },
  ),
  malformed(
    'C3',
    'two byte order marks',
    /^a second byte order mark/,
    (craft) => `\ufeff\ufeff${craft.signed()}`,
  ),
  attack(
    'C3',
    'byte order mark in signed text',
    /^byte order mark in text/,
    (craft) => craft.signed(inReference(craft, `&#xFEFF;a reference of ${craft.version}`)),
    { twin: (craft) => craft.signed(inReference(craft, `&#x20AC;a reference of ${craft.version}`)) },
  ),
  malformed('C3', 'UTF-7', /^Content-Type charset says "utf-7"/, (craft) => ({
    body: craft.signed().replaceAll('<', '+ADw-'),
    contentType: contentType(craft, 'utf-7'),
  })),
  malformed('C3', 'half a character in UTF-16', /^bytes are not utf-16le/, (craft) => ({
    body: utf16(craft.signed().replace('<s:Header>', '<s:Header>\ud83d')),
    contentType: contentType(craft, 'utf-16'),
  })),
  malformed('C3', 'overlong UTF-8', /^not well-formed/, (craft) => ({
    body: spliced(craft.signed(), '</s:Header>', [0xc0, 0xbc]),
  })),
  malformed('C3', 'zero byte', /^not well-formed/, (craft) => ({
    body: spliced(craft.signed(), '</s:Header>', [0]),
  })),
  changed('another letter that looks the same', 'C3', (good) =>
    good.replace(/<Referte>\w/, '<Referte>\u0430'),
  ),
  changed('carriage return by reference', 'C3', (good) => good.replace(/<Referte>\w/, '<Referte>&#13;')),
  attack(
    'C4',
    'comment in a DigestValue',
    /^comment inside Security/,
    (craft) => craft.signed().replace('<ds:DigestValue>', '<ds:DigestValue><!-- -->'),
    comments,
  ),
  attack(
    'C4',
    'comment between the parts of Security',
    /^comment inside Security/,
    (craft) => replaced(craft.signed(), '<wsu:Timestamp', '<!-- --><wsu:Timestamp'),
    comments,
  ),
  attack(
    'C4',
    'comment in the token',
    /^comment inside Security/,
    (craft) => replaced(craft.signed(), '</wsse:BinarySecurityToken>', '<!-- --></wsse:BinarySecurityToken>'),
    comments,
  ),
  attack('C4', 'element in the signature value', /^SignatureValue does not hold base64/, (craft) =>
    replaced(craft.signed(), '</ds:SignatureValue>', '<x/></ds:SignatureValue>'),
  ),
  malformed(
    'C5',
    'Body without canonical form, signed as if it were empty',
    /^namespace name that is relative/,
    (craft) => {
      const good = craft.seal({}, (text) => text.replace('@D1@', hash('sha256', '', 'base64')));
      return replaced(good, '<s:Body ', '<s:Body xmlns:r="relative" r:a="" ');
    },
  ),
  malformed(
    'C5',
    'namespace name that is relative, beside what is signed',
    /^namespace name that is relative/,
    (craft) => replaced(craft.signed(), '</s:Header>', '<r:B xmlns:r="relative"/></s:Header>'),
    { twin: (craft) => replaced(craft.signed(), '</s:Header>', '<r:B xmlns:r="urn:absolute"/></s:Header>') },
  ),
  malformed(
    'C5',
    'namespace name with a reference in it',
    /^namespace name with a reference in it/,
    (craft) => replaced(craft.signed(), '</s:Header>', '<r:B xmlns:r="urn:a&amp;b"/></s:Header>'),
    { twin: (craft) => replaced(craft.signed(), '</s:Header>', '<r:B xmlns:r="urn:a"/></s:Header>') },
  ),
  malformed('C6', 'prefix that nobody declares', /^not well-formed/, (craft) =>
    craft.signed().replace('<s:Header>', '<s:Header><un:known/>'),
  ),
  malformed('C6', 'prefix xml for something else', /^not well-formed/, (craft) =>
    craft.signed().replace('<s:Header>', '<s:Header><a xmlns:xml="urn:x"/>'),
  ),
  malformed('C6', 'attribute twice under two prefixes', /^not well-formed/, (craft) =>
    craft.signed().replace('<s:Header>', '<s:Header><a xmlns:p="urn:p" xmlns:q="urn:p" p:b="" q:b=""/>'),
  ),
  malformed('C6', 'two documents', /^not well-formed/, (craft) => craft.signed() + craft.signed()),
  changed('white space between the elements', 'C9', (good) => replaced(good, '<Vragen>', '\n  <Vragen>')),
  changed('another attribute', 'C9', (good) => replaced(good, '<s:Body ', '<s:Body a="b" ')),
];
/** Other forms of the same message: each is answered, about the person that was signed. */
export const otherForms: readonly Harmless[] = [
  { line: 'C3', what: 'byte order mark', make: (craft) => `\ufeff${craft.signed()}` },
  {
    line: 'C3',
    what: 'CDATA and references in the place of text',
    make: (craft) =>
      craft
        .signed()
        .replace(
          `<INSZ>${INSZ}`,
          `<INSZ><![CDATA[${INSZ.slice(0, 4)}]]>${INSZ.slice(4, 9)}&#x${INSZ.charCodeAt(9).toString(16)};${INSZ[10]}`,
        ),
  },
  {
    line: 'C3',
    what: 'question that was signed as CDATA',
    make: (craft) => craft.signed({ body: craft.question({ insz: `<![CDATA[${INSZ}]]>` }) }),
  },
  {
    line: 'C6',
    what: 'other prefixes, and declarations that nobody uses',
    make: (craft) =>
      craft.seal({ envelopeAttributes: 'xmlns:g="urn:other" xmlns:q="urn:q"' }, (text) =>
        text.replaceAll(/(<\/?|:)ds:|xmlns:ds=/g, (found) => found.replace('ds', 'sig')),
      ),
  },
  {
    line: 'C6',
    what: 'PrefixList with prefixes that are not there',
    make: (craft) => {
      const list = `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="g xs #default"/>`;
      const how = m.transform(m.EXCLUSIVE, list);
      return craft.signed({ references: m.reference('#BODY', 1, how) + m.reference('#TS', 2, how) });
    },
  },
  {
    line: 'C9',
    what: 'white space around the parts, and indented Security',
    make: (craft) =>
      craft
        .seal({}, (text) => text.replaceAll(/<(?=\/?(?:wsse:Sec|wsse:Bin|ds:|wsu:Tim))/g, '\n  <'))
        .replace('<s:Body', '\n<s:Body'),
  },
  {
    line: 'A17',
    what: 'prefix of the question declared again above it',
    make: (craft) => craft.signed().replace('<s:Envelope ', '<s:Envelope xmlns:g="urn:evil" '),
  },
];
