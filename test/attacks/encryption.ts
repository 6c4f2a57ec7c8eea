import { randomBytes } from 'node:crypto';
import * as e from '../support/encrypted-message.ts';
import * as m from '../support/signed-message.ts';
import { type Attack, attack } from './attack.ts';
import { type Changes, type Craft, OTHER, replaced } from './craft.ts';

/** A21 and B9. What comes encrypted: what is decrypted must be what was signed, and nobody learns why it is not. */

const sealed =
  (changes: Partial<e.Sealing> = {}, draft: Changes = {}) =>
  (craft: Craft) =>
    e.encrypted(craft.signed(draft), craft.cast.bus.certificate, changes);
const twin = { twin: sealed() };
const encryption = (line: string, what: string, reason: RegExp, hostile: Attack['hostile']): Attack =>
  attack(line, what, reason, hostile, twin);
const rearranged =
  (rearrange: (text: string, craft: Craft) => string, changes: Partial<e.Sealing> = {}) =>
  (craft: Craft) =>
    rearrange(sealed(changes)(craft), craft);
const DATA = /<xenc:EncryptedData[\s\S]*<\/xenc:EncryptedData>/;
const KEY = /<xenc:EncryptedKey[\s\S]*<\/xenc:EncryptedKey>/;
const cut = (text: string, pattern: RegExp) => pattern.exec(text)?.[0] ?? '';
const block = (content: string) => `<x:Block xmlns:x="urn:x">${content}</x:Block>`;
const before = (marker: string, added: (text: string) => string) =>
  rearranged((text) => replaced(text, marker, added(text) + marker));
const withEvil = ({ question }: Craft) => question({ insz: OTHER });
const cipherReference = (data: string) =>
  data.replace(
    /<xenc:CipherValue>[^<]*<\/xenc:CipherValue>/,
    '<xenc:CipherReference URI="http://127.0.0.1:9/"/>',
  );

const COUNT = /^\d+ elements of XML Encryption where one key and one content belong/;
const NOT_ALONE = /^wsse:Security does not hold one EncryptedKey/;
const SHAPE = /is not EncryptionMethod, KeyInfo and CipherData with a CipherValue/;
const CHANGED = /^the content, or the key to it, is not as it was encrypted/;
const NO_CONTENT = /^what was encrypted is not the content of a Body/;

const doubled: readonly Attack[] = [
  encryption(
    'A21',
    'EncryptedData a second time in a block',
    COUNT,
    before('</s:Header>', (text) => block(cut(text, DATA))),
  ),
  encryption(
    'A21',
    'EncryptedData a second time as a block',
    COUNT,
    before('</s:Header>', (text) => cut(text, DATA)),
  ),
  encryption(
    'A21',
    'EncryptedData a second time in Security',
    COUNT,
    before('</wsse:Security>', (text) => cut(text, DATA)),
  ),
  encryption(
    'A21',
    'EncryptedData a second time in the signature',
    COUNT,
    before('</ds:Signature>', (text) => `<ds:Object>${cut(text, DATA)}</ds:Object>`),
  ),
  encryption(
    'A21',
    'EncryptedData as a block, an evil question in the Body',
    /^the Body holds GeefPersoon/,
    rearranged((text, craft) => {
      const data = cut(text, DATA);
      return replaced(replaced(text, data, withEvil(craft)), '</s:Header>', `${data}</s:Header>`);
    }),
  ),
  encryption(
    'A21',
    'EncryptedData inside an evil question',
    /^the Body holds GeefPersoon/,
    rearranged((text, craft) => text.replace(DATA, (data) => craft.question({ insz: OTHER, inside: data }))),
  ),
  encryption(
    'A21',
    'EncryptedData within an element',
    /^the Body holds Block/,
    sealed({ encryptedData: block }),
  ),
  encryption(
    'A21',
    'EncryptedKey a second time in Security',
    COUNT,
    rearranged((text) => text.replace(KEY, (key) => key + key)),
  ),
  encryption(
    'A21',
    'EncryptedKey as a block',
    NOT_ALONE,
    rearranged((text) => {
      const key = cut(text, KEY);
      return replaced(replaced(text, key, ''), '</s:Header>', `${key}</s:Header>`);
    }),
  ),
  encryption(
    'A21',
    'EncryptedKey in the EncryptedData',
    NOT_ALONE,
    rearranged((text) => {
      const key = cut(text, KEY);
      return replaced(text, key, '').replace(
        /(<xenc:EncryptedData.*?<ds:KeyInfo[^>]*>).*?(?=<\/ds:KeyInfo>)/,
        (_, start) => start + key,
      );
    }),
  ),
  encryption(
    'A21',
    'a list of references beside the key',
    NOT_ALONE,
    rearranged((text) => text.replace(KEY, (key) => `${key}<xenc:ReferenceList xmlns:xenc="${e.XENC}"/>`)),
  ),
  encryption(
    'A21',
    'a header that is encrypted',
    COUNT,
    before(
      '</s:Header>',
      (text) =>
        `<w:EncryptedHeader xmlns:w="http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd">${cut(text, DATA)}</w:EncryptedHeader>`,
    ),
  ),
  encryption(
    'A21',
    'a key for two contents',
    /^EncryptedKey is not for one EncryptedData/,
    sealed({ references: e.dataReference('#ED') + e.dataReference('#ED2') }),
  ),
  encryption(
    'A21',
    'a key for another content',
    /^EncryptedKey is for something else/,
    sealed({ references: e.dataReference('#BODY') }),
  ),
  encryption(
    'A21',
    'a content of another key',
    /^EncryptedData does not refer to/,
    sealed({ dataKeyInfo: e.str('<wsse:Reference URI="#EK2"/>') }),
  ),
  encryption(
    'A21',
    'a key that is to be fetched',
    /^EncryptedData does not refer to/,
    sealed({ dataKeyInfo: '<ds:RetrievalMethod URI="http://127.0.0.1:9/"/>' }),
  ),
  encryption('A21', 'a content that is to be fetched', SHAPE, sealed({ encryptedData: cipherReference })),
  encryption(
    'A21',
    'a key with a name',
    SHAPE,
    sealed({
      encryptedKey: (key) =>
        key.replace(
          '</xenc:EncryptedKey>',
          '<xenc:CarriedKeyName>k</xenc:CarriedKeyName></xenc:EncryptedKey>',
        ),
    }),
  ),
  encryption(
    'A21',
    'an element in the place of a content',
    /^EncryptedData is of .*Element/,
    sealed({ type: `${e.XENC}Element` }),
  ),
  encryption('A21', 'encrypted twice', /^10001 in a message that came encrypted: no service/, (craft) => {
    const inner = cut(sealed()(craft), DATA);
    return sealed({ inside: () => inner })(craft);
  }),
  encryption(
    'A21',
    'four hundred keys',
    COUNT,
    rearranged((text) => text.replace(KEY, (key) => key.repeat(400))),
  ),
];

const oracles: readonly Attack[] = [
  encryption(
    'B9',
    'RSA of PKCS #1 v1.5',
    /^key encryption .*rsa-1_5/,
    sealed({ keyMethod: e.method(`${e.XENC}rsa-1_5`) }),
  ),
  encryption(
    'B9',
    'a digest that is not that of the mask',
    /^key encryption .*rsa-oaep-mgf1p/,
    sealed({
      keyMethod: e.method(`${e.XENC}rsa-oaep-mgf1p`, `<ds:DigestMethod Algorithm="${e.XENC}sha256"/>`),
    }),
  ),
  encryption(
    'B9',
    'parameters of OAEP',
    /^EncryptionMethod of a key has parameters/,
    sealed({ keyMethod: e.method(`${e.XENC}rsa-oaep-mgf1p`, '<xenc:OAEPparams/>') }),
  ),
  encryption(
    'B9',
    'AES in CBC',
    /^content encryption .*aes256-cbc/,
    sealed({ dataMethod: e.method(`${e.XENC}aes256-cbc`) }),
  ),
  encryption('B9', 'a certificate by its SubjectKeyIdentifier', /^a certificate is not found by/, (craft) =>
    sealed({
      keyInfo: e.str(
        e.thumbprint(craft.cast.bus.certificate, `${m.X509V3.replace('X509v3', '')}X509SubjectKeyIdentifier`),
      ),
    })(craft),
  ),
  encryption(
    'B9',
    'to a certificate of somebody else',
    /^the message is encrypted to a certificate that is none of the bus/,
    (craft) => {
      const { certificate } = craft.cast.parties.beperkt;
      return sealed({ certificate, keyInfo: e.str(e.thumbprint(certificate)) })(craft);
    },
  ),
  encryption('B9', 'a key that was changed', CHANGED, sealed({ wrapped: e.flipped(9) })),
  encryption('B9', 'a key to another certificate than it says', CHANGED, (craft) =>
    sealed({ certificate: craft.cast.parties.beperkt.certificate })(craft),
  ),
  encryption('B9', 'a key of 128 bits', CHANGED, sealed({ key: randomBytes(16) })),
  encryption('B9', 'a content that was changed', CHANGED, sealed({ sealed: e.flipped(40) })),
  encryption('B9', 'a tag that was changed', CHANGED, sealed({ sealed: e.flipped(-1) })),
  encryption(
    'B9',
    'a content that was cut short',
    CHANGED,
    sealed({ sealed: (bytes) => bytes.subarray(0, -1) }),
  ),
  encryption(
    'B9',
    'a content that closes the Body',
    NO_CONTENT,
    sealed({ inside: (content) => `${content}</s:Body></s:Envelope>` }),
  ),
  encryption(
    'B9',
    'a content that takes what stands behind it along',
    NO_CONTENT,
    sealed({ inside: (content) => `${content}<!--`, encryptedData: (data) => `${data}-->` }),
  ),
  encryption(
    'B9',
    'a content with a document type',
    NO_CONTENT,
    sealed({ inside: (content) => `<!DOCTYPE g>${content}` }),
  ),
  encryption(
    'B9',
    'a content with a processing instruction',
    NO_CONTENT,
    sealed({ inside: (content) => `<?xml version="1.0"?>${content}` }),
  ),
  encryption(
    'B9',
    'a content that is not XML',
    /^10001 in a message that came encrypted: not well-formed/,
    sealed({ inside: () => '<a></b>' }),
  ),
  encryption(
    'B9',
    'a content of a thousand comments',
    /^10001 .*: more than 1000 comments/,
    sealed({ inside: (content) => content.replace('<Context>', `<Context>${'<!---->'.repeat(1_001)}`) }),
  ),
  encryption(
    'B9',
    'two questions',
    /^10001 .*: the Body holds more than one element/,
    sealed({ inside: (content) => content + content }),
  ),
  encryption(
    'B9',
    'a question that is served by nobody',
    /^10001 .*: no service/,
    sealed({}, { body: '<q:Vraag xmlns:q="urn:q"/>' }),
  ),
  encryption('B9', 'a question that breaks its schema', /^10001 .*: schema/, (craft) =>
    sealed({}, { body: craft.question({ insz: 'x' }) })(craft),
  ),
  encryption(
    'B9',
    'another question than was signed',
    /^Body #BODY-\w+ was changed after it was signed/,
    sealed({ inside: (content) => content.replace(/<INSZ>\d+/, `<INSZ>${OTHER}`) }),
  ),
];

export const encryptionAttacks: readonly Attack[] = [...doubled, ...oracles];
