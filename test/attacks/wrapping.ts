import * as m from '../support/signed-message.ts';
import { type Attack, attack, malformed } from './attack.ts';
import { BODY, type Craft, cut, OTHER, replaced, TIMESTAMP, withBlock, x509Data } from './craft.ts';

/** A. Signature wrapping and coverage: what was signed is kept, and something else stands where it is read. */

const evil = (craft: Craft) => `<s:Body>${craft.question({ insz: OTHER })}</s:Body>`;
const old = (content: string) => `<x:Old xmlns:x="urn:x">${content}</x:Old>`;

/** The signed Body goes in front of `marker`, inside what `wrap` makes, and an evil one takes its place. */
const wrapped =
  (marker: string, wrap = (body: string, _craft: Craft) => body) =>
  (craft: Craft) => {
    const good = craft.signed();
    const body = cut(good, BODY);
    return replaced(replaced(good, body, evil(craft)), marker, wrap(body, craft) + marker);
  };
const references = (...more: readonly string[]) =>
  ['#BODY', '#TS', ...more].map((uri, index) => m.reference(uri, index + 1)).join('');
const secondSecurity = (body: string, { role }: Craft) =>
  `<wsse:Security s:${role}="urn:other" s:mustUnderstand="0">${body}</wsse:Security>`;
const plainReference =
  '<wsse:SecurityTokenReference><wsse:Reference URI="#X509"/></wsse:SecurityTokenReference>';
/** A block in the Header that carries the id of the signed Body, put there after it was signed. */
function withIdAgain(craft: Craft, inside: (id: string) => string, attributes = (_id: string) => ''): string {
  const good = craft.signed();
  const id = cut(good, /(?<=URI="#)BODY-\w+/);
  const block = `<x:B xmlns:x="urn:x"${attributes(id)}>${inside(id)}</x:B>`;
  return replaced(good, '<s:Header>', `<s:Header>${block}`);
}
const unsigned = (craft: Craft, header: string) => m.textOf(craft.draft({ header: () => header }));
const tokenOf = ({ certificate }: { readonly certificate: string }, id = 'X509') =>
  m.tokenOf(m.derOf(certificate), m.X509V3, id);

export const wrapping: readonly Attack[] = [
  attack('A1', 'signed Body behind the signature', /^Signature holds/, wrapped('</ds:Signature>')),
  attack('A2', 'signed Body before the signature', /^the Body is not signed/, wrapped('<ds:Signature ')),
  malformed('A3', 'evil Body before the signed one', /elements after the Body/, (craft) => {
    const good = craft.signed();
    return replaced(good, '<s:Body ', `${evil(craft)}<s:Body `);
  }),
  malformed('A3', 'evil Body after the signed one', /elements after the Body/, (craft) =>
    replaced(craft.signed(), '</s:Envelope>', `${evil(craft)}</s:Envelope>`),
  ),
  malformed('A3', 'evil question beside the signed one', /the Body holds more than one element/, (craft) =>
    craft.signed({ body: craft.question() + craft.question({ insz: OTHER }) }),
  ),
  malformed('A3', 'Body of another namespace', /no Body where it belongs/, (craft) =>
    craft.seal({}, (text) =>
      text.replace('<s:Body ', '<x:Body xmlns:x="urn:x" ').replace('</s:Body>', '</x:Body>'),
    ),
  ),
  attack('A4', 'signed Body inside the evil one', /^#BODY-\w+ is the id of 0 parts/, (craft) => {
    const good = craft.signed();
    const signed = cut(good, BODY);
    const block = `<x:Old xmlns:x="urn:x">${signed}</x:Old>`;
    return replaced(replaced(good, signed, evil(craft)), '<wsse:Security', `${block}<wsse:Security`);
  }),
  malformed('A4', 'signed Body beside the evil question', /the Body holds more than one element/, (craft) => {
    const good = craft.signed();
    return replaced(
      good,
      cut(good, BODY),
      `<s:Body>${craft.question({ insz: OTHER })}${cut(good, BODY)}</s:Body>`,
    );
  }),
  malformed('A5', 'signed Body at the end of the envelope', /elements after the Body/, (craft) => {
    const good = craft.signed();
    return replaced(good, cut(good, BODY), evil(craft) + cut(good, BODY));
  }),
  attack(
    'A5',
    'Body altered after it was signed',
    /^Body #BODY-\w+ was changed after it was signed/,
    (craft) => craft.signed().replace(/<INSZ>\d+/, `<INSZ>${OTHER}`),
    { forged: true },
  ),
  attack('A6', 'signed Body inside KeyInfo', /^KeyInfo holds 2 elements/, wrapped('</ds:KeyInfo>')),
  attack(
    'A7',
    'signed Body under a header block',
    /^#BODY-\w+ is the id of 0 parts/,
    wrapped('</s:Header>', old),
    {
      twin: (craft) => craft.signed({ header: withBlock('<s:Body/>') }),
    },
  ),
  attack('A7', 'signed Body as a header block', /^the Body is not signed/, wrapped('</s:Header>')),
  attack(
    'A8',
    'signed Body inside a ds:Object',
    /^Signature holds/,
    wrapped('</ds:Signature>', (body) => `<ds:Object>${body}</ds:Object>`),
  ),
  attack('A8', 'empty ds:Object behind a good signature', /^Signature holds/, (craft) =>
    replaced(craft.signed(), '</ds:Signature>', '<ds:Object/></ds:Signature>'),
  ),
  attack(
    'A9',
    'signed Body in Security for another',
    /^2 Security headers/,
    wrapped('</s:Header>', secondSecurity),
  ),
  attack('A9', 'Security for another, after a good one', /^2 Security headers/, (craft) =>
    replaced(craft.signed(), '</s:Header>', `${secondSecurity('', craft)}</s:Header>`),
  ),
  attack('A9', 'good Security that is addressed to another', /^Security is addressed to urn:hop/, (craft) =>
    craft.signed({ securityAttributes: `s:${craft.role}="urn:hop"` }),
  ),
  attack('A10', 'fresh Timestamp, the signed one under a block', /^#TS-\w+ is the id of 0 parts/, (craft) => {
    const good = craft.signed();
    const signed = cut(good, TIMESTAMP);
    const fresh = replaced(good, signed, craft.timestamp(10, 250, 'NEW'));
    return replaced(fresh, '</s:Header>', `${old(signed)}</s:Header>`);
  }),
  attack('A10', 'fresh Timestamp, the signed one as a block', /^the Timestamp is not signed/, (craft) => {
    const good = craft.signed();
    const signed = cut(good, TIMESTAMP);
    const fresh = replaced(good, signed, craft.timestamp(10, 250, 'NEW'));
    return replaced(fresh, '</s:Header>', `${signed}</s:Header>`);
  }),
  attack('A10', 'fresh Timestamp after the signed one', /^2 Timestamps/, (craft) =>
    replaced(craft.signed(), '</wsse:Security>', `${craft.timestamp(10, 250, 'NEW')}</wsse:Security>`),
  ),
  attack(
    'A10',
    'Timestamp altered after it was signed',
    /^Timestamp #TS-\w+ was changed/,
    (craft) => {
      const good = craft.signed();
      return replaced(
        good,
        cut(good, /<wsu:Expires>.*<\/wsu:Expires>/),
        cut(craft.timestamp(0, 299), /<wsu:Expires>.*<\/wsu:Expires>/),
      );
    },
    { forged: true },
  ),
  ...['wsu:Id', 'Id', 'ID', 'id', 'xml:id', 'z:Id'].map((name) =>
    attack(
      'A12',
      `signed id again as ${name}`,
      /^id BODY-\w+ occurs 2 times/,
      (craft) => withIdAgain(craft, (id) => `<x:In xmlns:z="urn:z" ${name}="${id}"/>`),
      { twin: (craft) => craft.signed({ header: withBlock(`<x:In xmlns:z="urn:z" ${name}="FREE"/>`) }) },
    ),
  ),
  attack('A12', 'two parts with the id of the Body', /^#BODY-\w+ is the id of 2 parts/, (craft) =>
    withIdAgain(
      craft,
      () => '',
      (id) => ` wsu:Id="${id}"`,
    ),
  ),
  attack('A12', "token's id again", /^id X509-\w+ occurs 2 times/, (craft) =>
    craft.signed({ header: withBlock('<x:In Id="X509"/>') }),
  ),
  attack('A13', 'no Header', /^no wsse:Security/, (craft) =>
    replaced(unsigned(craft, ''), '<s:Header></s:Header>', ''),
  ),
  attack('A13', 'no Security', /^no wsse:Security/, (craft) => unsigned(craft, '')),
  attack('A13', 'empty Security', /^no ds:Signature/, (craft) => unsigned(craft, '<wsse:Security/>')),
  attack('A13', 'signature over the Timestamp only', /^the Body is not signed/, (craft) =>
    craft.signed({ references: m.reference('#TS', 1) }),
  ),
  attack('A14', 'Timestamp that nobody signed', /^the Timestamp is not signed: needs profile/, (craft) =>
    craft.signed({ references: m.reference('#BODY', 1) }),
  ),
  attack('A14', 'no Timestamp', /^no Timestamp: needs profile/, (craft) =>
    craft.signed({ timestamp: '', references: m.reference('#BODY', 1) }),
  ),
  ...(
    [
      ['A15', '', 'is no #id'],
      ['A15', '#', 'is no #id'],
      ['A15', '/BODY', 'is no #id'],
      ['A16', '#xpointer(/)', 'is no #id'],
      ['A16', 'file:///etc/hosts', 'is no #id'],
      ['A16', 'CANARY', 'is no #id'],
    ] as const
  ).map(([line, uri, reason]) =>
    attack(line, `reference to ${JSON.stringify(uri)}`, new RegExp(reason), (craft) =>
      craft.signed({ references: references(uri.replace('CANARY', craft.canary.url)) }),
    ),
  ),
  attack('A15', 'path in the place of an id', /"\/BODY-\w+" is no #id/, (craft) =>
    craft.signed({ references: m.reference('/BODY', 1) + m.reference('#TS', 2) }),
  ),
  attack('A16', 'key to be fetched', /^KeyInfo with RetrievalMethod/, (craft) =>
    craft.signed({ keyInfo: `<ds:RetrievalMethod URI="${craft.canary.url}"/>` }),
  ),
  attack('A16', 'Manifest of references', /^Signature holds/, (craft) =>
    replaced(
      craft.signed(),
      '</ds:Signature>',
      `<ds:Object><ds:Manifest><ds:Reference URI="${craft.canary.url}"/></ds:Manifest></ds:Object></ds:Signature>`,
    ),
  ),
  attack('A16', 'part that is referred to twice', /^a part is referenced twice/, (craft) =>
    craft.signed({ references: references('#BODY') }),
  ),
  attack('A16', 'the signature itself', /^#SIG-\w+ is the id of 0 parts/, (craft) =>
    craft.signed({ references: references('#SIG') }),
  ),
  attack('A18', 'second signature, by another party', /^2 signatures in Security/, (craft) => {
    const other = craft.signed({}, craft.cast.parties.beperkt);
    const signature = cut(other, /<ds:Signature[\s\S]*<\/ds:Signature>/);
    return replaced(craft.signed(), '</ds:Signature>', `</ds:Signature>${signature}`);
  }),
  attack('A18', 'bare signature beside Security', /^a bare signature beside a Security header/, (craft) => {
    const signature = cut(craft.signed(), /<ds:Signature[\s\S]*<\/ds:Signature>/);
    return replaced(craft.signed(), '</s:Header>', `${signature}</s:Header>`);
  }),
  attack('A19', "second token, another party's", /^2 BinarySecurityTokens/, (craft) =>
    craft.signed({
      token: tokenOf(craft.cast.parties.afnemer) + tokenOf(craft.cast.parties.beperkt, 'OTHER'),
    }),
  ),
  attack(
    'A19',
    "another party's token",
    /^SignatureValue does not fit/,
    (craft) => craft.signed({ token: tokenOf(craft.cast.parties.beperkt) }),
    { forged: true },
  ),
  attack('A19', "signed token that is not the signer's", /token other than the signer's/, (craft) =>
    craft.signed({
      token: tokenOf(craft.cast.parties.beperkt),
      keyInfo: x509Data([craft.cast.parties.afnemer]),
      references: references('#X509'),
    }),
  ),
  attack('A19', 'reference to another token', /^KeyInfo refers to #OTHER, the token is X509-/, (craft) =>
    craft.signed({ keyInfo: plainReference.replace('#X509', '#OTHER') }),
  ),
  attack('A19', 'reference to itself', /^KeyInfo refers to #STR/, (craft) =>
    craft.signed({ keyInfo: plainReference.replace('>', ' wsu:Id="STR">').replace('#X509', '#STR') }),
  ),
  attack('A19', 'certificate beside the token', /^KeyInfo holds 2 elements/, (craft) =>
    craft.signed({ keyInfo: plainReference + x509Data([craft.cast.parties.beperkt]) }),
  ),
  attack(
    'A20',
    'Body whose id was changed',
    /^#BODY-\w+ is the id of 0 parts/,
    (craft) => craft.signed().replace(/(<s:Body wsu:Id=")/, '$1X'),
    { forged: true },
  ),
];
