import { gzipSync } from 'node:zlib';
import * as m from '../support/signed-message.ts';
import { type Attack, attack, malformed } from './attack.ts';
import { type Craft, replaced, withBlock } from './craft.ts';

/** D. What is sent to exhaust, or to make the bus fetch. All of it stands where no signature and no schema looks. */

const inHeader = (content: (craft: Craft) => string) => (craft: Craft) =>
  replaced(craft.signed(), '</s:Header>', `<x:B xmlns:x="urn:x">${content(craft)}</x:B></s:Header>`);
const count = (times: number, each: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => each(index)).join('');
const nested = (levels: number) => '<a>'.repeat(levels) + '</a>'.repeat(levels);
const flood = (line: string, what: string, reason: RegExp, content: string, twin: string) =>
  malformed(
    line,
    what,
    reason,
    inHeader(() => content),
    { twin: inHeader(() => twin) },
  );
const doctype = (line: string, what: string, dtd: (craft: Craft) => string, use = '') =>
  malformed(line, what, /^document type declaration/, (craft) => dtd(craft) + inHeader(() => use)(craft));
const asked = (line: string, what: string, inside: (craft: Craft) => string, reason: RegExp) =>
  malformed(line, what, reason, (craft) => craft.signed({ body: craft.question({ inside: inside(craft) }) }));
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

const GIBBERISH = /^(?:not well-formed|processing instruction|document type declaration)/;
// Bytes of a compressed text may happen to be markup; which rule refuses them then is chance.
const gzipped = (text: string) => gzipSync(Buffer.from(text));

/** Under the same bucket in hash tables that multiply by 33. */
const colliding = count(
  400,
  (index) => ` ${index.toString(2).padStart(9, '0').replaceAll('0', 'Ez').replaceAll('1', 'FY')}=""`,
);

export const exhaustion: readonly Attack[] = [
  doctype('D1', 'empty DOCTYPE', () => '<!DOCTYPE s:Envelope>'),
  doctype('D1', 'external DTD', ({ canary }) => `<!DOCTYPE s:Envelope SYSTEM "${canary.url}">`),
  doctype(
    'D1',
    'external entity over HTTP',
    ({ canary }) => `<!DOCTYPE s [<!ENTITY e SYSTEM "${canary.url}">]>`,
    '&e;',
  ),
  doctype(
    'D1',
    'external entity of a file',
    ({ canary }) => `<!DOCTYPE s [<!ENTITY e SYSTEM "file://${canary.file}">]>`,
    '&e;',
  ),
  doctype(
    'D1',
    'parameter entity',
    ({ canary }) => `<!DOCTYPE s [<!ENTITY % e SYSTEM "${canary.url}"> %e;]>`,
  ),
  malformed('D1', 'DOCTYPE in UTF-16', /^document type declaration/, (craft) => ({
    body: Buffer.from(`\ufeff<!DOCTYPE s>${craft.signed()}`, 'utf16le'),
    contentType: `${craft.version === '1.1' ? 'text/xml' : 'application/soap+xml'}; charset=utf-16`,
  })),
  asked(
    'D1',
    'schemaLocation',
    ({ canary }) => `<x xmlns:i="${XSI}" i:schemaLocation="urn:x ${canary.url}"/>`,
    /^schema: /,
  ),
  asked(
    'D1',
    'XInclude',
    ({ canary }) => `<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="${canary.url}"/>`,
    /^schema: /,
  ),
  malformed(
    'D1',
    'stylesheet',
    /^processing instruction/,
    (craft) => `<?xml-stylesheet href="${craft.canary.url}"?>${craft.signed()}`,
  ),
  doctype(
    'D2',
    'billion laughs',
    () =>
      `<!DOCTYPE l [<!ENTITY l0 "lol">${count(9, (i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`)}]>`,
    '&l9;',
  ),
  doctype(
    'D2',
    'quadratic entity',
    () => `<!DOCTYPE l [<!ENTITY a "${'a'.repeat(50_000)}">]>`,
    '&a;'.repeat(10_000),
  ),
  doctype('D2', 'recursive entity', () => '<!DOCTYPE l [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', '&a;'),
  flood('D3', '150 levels', /^elements nested deeper than 100/, nested(150), nested(90)),
  flood('D3', '20,000 levels', /^elements nested deeper than 100/, nested(20_000), nested(90)),
  malformed(
    'D3',
    'tags that are never closed',
    /^elements nested deeper than 100/,
    (craft) => `${craft.signed().split('<s:Body')[0]}${'<a>'.repeat(20_000)}`,
  ),
  flood(
    'D4',
    '600 attributes on one element',
    /^more than 500 attributes on one/,
    `<a${count(600, (i) => ` a${i}=""`)}/>`,
    `<a${count(400, (i) => ` a${i}=""`)}/>`,
  ),
  flood(
    'D4',
    '24,000 attributes',
    /^more than 20000 attributes/,
    `<a${count(400, (i) => ` a${i}=""`)}/>`.repeat(60),
    `<a${count(400, (i) => ` a${i}=""`)}/>`.repeat(20),
  ),
  flood('D4', '50,001 children', /^more than 20000 elements/, '<a/>'.repeat(50_001), '<a/>'.repeat(15_000)),
  flood(
    'D4',
    '25,000 namespaces',
    /^more than 20000 attributes/,
    `<a${count(250, (i) => ` xmlns:p${i}="urn:u"`)}/>`.repeat(100),
    `<a${count(250, (i) => ` xmlns:p${i}="urn:u"`)}/>`,
  ),
  flood(
    'D4',
    'comments without end',
    /^more than 1000 comments/,
    '<!---->'.repeat(50_000),
    '<!---->'.repeat(900),
  ),
  flood(
    'D5',
    'names that collide',
    /^more than 20000 attributes/,
    `<a${colliding}/>`.repeat(60),
    `<a${colliding}/>`,
  ),
  attack('D6', 'eleven references', /^11 references, at most 10/, (craft) =>
    craft.signed({
      header: (parts) => count(9, (i) => `<x:E xmlns:x="urn:x" wsu:Id="EXTRA${i}"/>`) + withBlock('')(parts),
      references:
        m.reference('#BODY', 1) + m.reference('#TS', 2) + count(9, (i) => m.reference(`#EXTRA${i}`, i + 3)),
    }),
  ),
  attack('D6', '200 references', /^200 references, at most 10/, (craft) =>
    craft.signed({ references: m.reference('#BODY', 1).repeat(200) }),
  ),
  attack('D7', '5,000 transforms', /^5000 transforms/, (craft) =>
    craft.signed({
      references: m.reference('#BODY', 1, m.transform(m.EXCLUSIVE).repeat(5_000)) + m.reference('#TS', 2),
    }),
  ),
  malformed('D8', 'SOAP array of any size', /^schema: /, (craft) =>
    craft.signed({
      body: craft.question({
        inside: '<a xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" e:arrayType="xs:int[2000000000]"/>',
      }),
    }),
  ),
  malformed(
    'D8',
    'more than the bus reads',
    /^more bytes than the bus reads/,
    inHeader(() => 'a'.repeat(1_100_000)),
    { code: '413' },
  ),
  malformed('D9', 'gzip that says it is none', GIBBERISH, (craft) => ({
    body: gzipped(craft.signed()),
  })),
  malformed(
    'D9',
    'Content-Encoding: gzip, a bomb',
    /^a Content-Encoding/,
    () => ({ body: gzipped(' '.repeat(50_000_000)), headers: { 'content-encoding': 'gzip' } }),
    { code: '415' },
  ),
  malformed(
    'D9',
    'Content-Encoding that it does not have',
    /^a Content-Encoding/,
    (craft) => ({ body: craft.signed(), headers: { 'content-encoding': 'gzip' } }),
    { code: '415', twin: (craft) => ({ body: craft.signed(), headers: { 'content-encoding': 'identity' } }) },
  ),
  asked(
    'D10',
    'pattern that takes long to tell apart',
    () => `<INSZ>${'1'.repeat(100_000)}!</INSZ>`,
    /^schema: /,
  ),
];
