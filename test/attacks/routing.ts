import { type Attack, attack, type Harmless, malformed } from './attack.ts';
import { type Craft, INSZ, OTHER, replaced, withBlock } from './craft.ts';

/** E. Routing, replay, injection, and whoever speaks in another's name. */

const WSA = 'http://www.w3.org/2005/08/addressing';
const addressing = (name: string, url: string, attributes = '') =>
  `<a:${name} xmlns:a="${WSA}" ${attributes}><a:Address>${url}</a:Address></a:${name}>`;
const inHeader = (content: (craft: Craft) => string) => (craft: Craft) =>
  replaced(craft.signed(), '</s:Header>', `${content(craft)}</s:Header>`);
const path = (endpoint: string) => (craft: Craft) => ({
  body: craft.signed(),
  path: `/${endpoint}/soap/WebService`,
});
const action = (soapAction: string) => (craft: Craft) =>
  craft.version === '1.1'
    ? { body: craft.signed(), soapAction: `"${soapAction}"` }
    : { body: craft.signed(), contentType: `application/soap+xml; charset=utf-8; action="${soapAction}"` };
const asked = (line: string, what: string, changes: Parameters<Craft['question']>[0], reason: RegExp) =>
  malformed(line, what, reason, (craft) => craft.signed({ body: craft.question(changes) }));
const claim = (
  what: string,
  by: 'afnemer' | 'beperkt' | 'leverancier',
  changes: Parameters<Craft['question']>[0],
  reason: RegExp,
) =>
  attack(
    'E7',
    what,
    reason,
    (craft) => craft.signed({ body: craft.question(changes) }, craft.cast.parties[by]),
    {
      code: '13001',
      level: 2,
    },
  );
const written = (changes: Parameters<Craft['question']>[0]) => (craft: Craft) =>
  craft.signed({ body: craft.question(changes) });
const XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
const BEPERKT = { uri: 'beperkt.example/ipdc7001-aip', hoedanigheid: '7001' };

export const routing: readonly Attack[] = [
  malformed(
    'E1',
    'action of another operation',
    /^SOAPAction "GeefGezinssamenstellingDienst-02.02" is declared/,
    action('GeefGezinssamenstellingDienst-02.02'),
    { twin: action('GeefPersoonDienst-02.02') },
  ),
  malformed(
    'E1',
    'path of another service',
    /^the path is of GeefGezinssamenstelling/,
    path('GeefGezinssamenstellingDienst-02.02'),
    { twin: path('GeefPersoonDienst-02.02') },
  ),
  malformed('E1', 'path that leads out', /^no endpoint at this path/, path('..%2f..%2fadmin'), {
    code: '404',
    twin: path('GeefPersoonDienst-02.02'),
  }),
  asked('E1', 'Context of another service', { name: 'GeefGezinssamenstelling' }, /Naam|service|Context/),
  asked('E1', 'Context of another version', { version: '09.09.0000' }, /Versie|version|Context/),
  malformed('E1', 'question that no service has', /^no service has the question/, (craft) =>
    craft.signed({ body: '<Beheer xmlns="urn:beheer"/>' }),
  ),
  malformed(
    'E1',
    'envelope of no SOAP version',
    /^root element/,
    (craft) => craft.seal({}, (text) => text.replaceAll(craft.soap, 'urn:soap')),
    { code: 'VersionMismatch' },
  ),
  malformed(
    'E2',
    'ReplyTo that must be understood',
    /^header block .*ReplyTo/,
    inHeader(({ canary }) => addressing('ReplyTo', canary.url, 's:mustUnderstand="1"')),
    { code: 'MustUnderstand' },
  ),
  malformed('E3', 'xop:Include in a signed part', /^schema: /, (craft) => {
    const include = `<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="${craft.canary.url}"/>`;
    return craft.signed({ body: craft.question({ insz: include }) });
  }),
  malformed(
    'E3',
    'message in parts',
    /^media type multipart\/related/,
    (craft) => ({
      body: `--b\r\nContent-ID: <a>\r\nContent-Location: ${craft.canary.url}\r\n\r\n${craft.signed()}\r\n--b--`,
      contentType: 'multipart/related; boundary=b; type="application/xop+xml"; start="<a>"',
    }),
    { code: '415' },
  ),
  malformed(
    'E3',
    'message without a media type',
    /^media type application\/octet-stream/,
    (craft) => ({ body: craft.signed(), contentType: 'application/octet-stream' }),
    { code: '415' },
  ),
  attack(
    'E4',
    'message that is sent again',
    /^the message was received before, in exchange /,
    (craft) => craft.signed(),
    { twice: true },
  ),
  asked('E5', 'path in a number', { insz: `../../${INSZ}` }, /^schema: /),
  asked('E5', 'SQL in a number', { insz: "' OR 1=1 --" }, /^schema: /),
  attack('E5', 'quotes in an id', /is no #id/, (craft) =>
    craft.seal({ bodyAttributes: "wsu:Id='BODY&quot;]|//*[&quot;'" }, (text) =>
      text.replace('URI="#BODY"', `URI='#BODY&quot;]|//*[&quot;'`),
    ),
  ),
  claim("another party's name", 'afnemer', BEPERKT, /^afnemer may not speak for beperkt\.example/),
  claim(
    'a name of nobody',
    'afnemer',
    { uri: 'vroeger.example/aip' },
    /^afnemer may not speak for vroeger\.example/,
  ),
  claim(
    'a capacity of somebody else',
    'afnemer',
    { hoedanigheid: '7001' },
    /^afnemer may not speak for .*7001/,
  ),
  claim(
    'a party without a grant',
    'leverancier',
    { uri: 'leverancier.example/ipdc801-aip', hoedanigheid: '801' },
    /^leverancier holds no grant for GeefPersoon/,
  ),
  asked(
    'E8',
    'type of its own',
    { inside: `<Extra ${XSI} i:type="xs:string" xmlns:xs="http://www.w3.org/2001/XMLSchema"/>` },
    /^schema: /,
  ),
  malformed('E8', 'nil in the place of a number', /^schema: /, (craft) =>
    craft.signed({ body: craft.question().replace(/<INSZ>\d+<\/INSZ>/, `<INSZ ${XSI} i:nil="true"/>`) }),
  ),
  malformed('E8', 'two numbers', /^schema: /, (craft) =>
    craft.signed({ body: craft.question().replace('</INSZ>', `</INSZ><INSZ>${OTHER}</INSZ>`) }),
  ),
];

/** Looks hostile, means nothing here: it is answered, to whoever asked, and nobody else hears of it. */
export const ignored: readonly Harmless[] = [
  {
    line: 'E2',
    what: 'ReplyTo, FaultTo and To',
    make: inHeader(({ canary }) =>
      ['ReplyTo', 'FaultTo', 'To'].map((name) => addressing(name, canary.url)).join(''),
    ),
  },
  {
    line: 'A11',
    what: 'addressing that nobody signed',
    make: inHeader(({ canary }) => addressing('Action', canary.url)),
  },
  {
    line: 'E3',
    what: 'xop:Include in a header block',
    make: inHeader(
      ({ canary }) => `<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="${canary.url}"/>`,
    ),
  },
  {
    line: 'D1',
    what: 'schemaLocation on the envelope',
    make: (craft) =>
      craft.signed({ envelopeAttributes: `${XSI} i:schemaLocation="urn:x ${craft.canary.url}"` }),
  },
  { line: 'E5', what: 'SQL in a reference', make: written({ reference: "'); DROP TABLE exchange; --" }) },
  {
    line: 'E5',
    what: 'formula in a reference',
    make: written({ reference: '=HYPERLINK(&quot;http://127.0.0.1&quot;)' }),
  },
  {
    line: 'E5',
    what: 'markup in a reference',
    make: written({ reference: `&lt;/Referte&gt;&lt;Persoon&gt;` }),
  },
  {
    line: 'E5',
    what: 'line of a log in a reference',
    make: written({ reference: '&#10;{&quot;level&quot;:60}' }),
  },
  {
    line: 'A9',
    what: 'block for somebody else that must be understood',
    make: (craft) =>
      craft.signed({ header: withBlock('', `s:mustUnderstand="1" s:${craft.role}="urn:other"`) }),
  },
];
