/**
 * `node test/fuzz/make-corpus.ts`: makes test/fuzz/corpus anew. Keys live as long as this takes; what is kept are messages and
 * certificates, so that a seed of the fuzzer brings about the same messages on every machine.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from '../attacks/attack.ts';
import { makeCast } from '../attacks/cast.ts';
import { harmless, sections } from '../attacks/catalogue.ts';
import { type Craft, craftOf, question } from '../attacks/craft.ts';
import { issue, makeAuthority, NOW } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { CORPUS } from './corpus.ts';

/** The longest of those that are kept; what is larger is made by mutators. */
const MOST_BYTES = 9_000;

const cast = await makeCast(NOW);
const canary = { url: 'http://127.0.0.1:9/', file: '/etc/hostname' };
const [soap11, soap12] = (['1.1', '1.2'] as const).map((version) =>
  craftOf(version, cast, canary, () => NOW),
);
if (!soap11 || !soap12) throw new Error('two versions of SOAP');

const curvedAuthority = await makeAuthority('Corpus CA', undefined, { kind: 'p-256' });
const curved = await issue(curvedAuthority, 'afnemer', { organisation: 'CBE 0999990420', kind: 'p-256' });

const prefixList = (list: string) =>
  m.transform(m.EXCLUSIVE, `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="${list}"/>`);
const twinOf = (what: string) => {
  const found = Object.values(sections)
    .flat()
    .find((attack) => attack.what === what);
  if (!found) throw new Error(`no attack ${what}`);
  return String(found.twin(soap11));
};
const formOf = (what: string, craft: Craft) => {
  const found = harmless.find((each) => each.what === what);
  if (!found) throw new Error(`no form ${what}`);
  return String(found.make(craft));
};

const accepted: Readonly<Record<string, string>> = {
  'usual-form': soap11.signed(),
  'soap-1-2': soap12.signed(),
  'ecdsa-p-256': soap12.signed({ signatureMethod: `${m.MORE}ecdsa-sha256` }, curved),
  'rsa-sha-512': soap11.signed({ signatureMethod: `${m.MORE}rsa-sha512` }),
  'x509-data-with-an-intermediate': soap11.signedBy(cast.chained),
  'prefix-list': soap11.signed({
    references:
      m.reference('#BODY', 1, prefixList('g s')) + m.reference('#TS', 2, prefixList('#default wsse')),
  }),
  'prefix-list-of-prefixes-that-are-not-there': formOf('PrefixList with prefixes that are not there', soap12),
  'other-prefixes': formOf('other prefixes, and declarations that nobody uses', soap11),
  'prefix-declared-again': formOf('prefix of the question declared again above it', soap11),
  'layout-everywhere': formOf('white space around the parts, and indented Security', soap12),
  'signed-as-cdata': formOf('question that was signed as CDATA', soap11),
  'enveloped-signature-transform': soap11.signed({
    references:
      m.reference('#BODY', 1, m.transform(m.ENVELOPED) + m.transform(m.EXCLUSIVE)) + m.reference('#TS', 2),
  }),
  'token-signed': soap11.signed({
    references: m.reference('#BODY', 1) + m.reference('#TS', 2) + m.reference('#X509', 3),
  }),
  'characters-of-all-kinds': soap11.signed({
    body: question({ reference: 'é ﬁ \u{1f600} e\u0301 &amp;&lt;&gt;&#13;&#9;&quot; \u2028' }),
  }),
  'comments-beside-the-parts': soap11
    .signed()
    .replace('<s:Header>', '<!-- a --><s:Header><!-- b -->')
    .replace('<s:Body', '<!-- c --><s:Body'),
  'body-alone-with-sha-1': twinOf('Body alone signed, with MD5'),
  'body-alone-with-a-timestamp': twinOf('Body alone signed, with a Timestamp that has expired'),
  'bare-signature-in-inclusive-form': twinOf('bare signature with SHA-1'),
};

/** One for each way of going wrong that has a name of its own. */
const isKept = ({ line, twice }: Attack) => /^(?:A|B[2-4]|C[1-6]|E)/.test(line) && !twice;
const refused = Object.fromEntries(
  [...sections.wrapping, ...sections.algorithms, ...sections.laxProfiles, ...sections.parser]
    .filter(isKept)
    .map((attack) => [attack, attack.hostile(soap11)] as const)
    .filter(
      (pair): pair is readonly [Attack, string] => typeof pair[1] === 'string' && pair[1].length < MOST_BYTES,
    )
    // Those of one line of the catalogue are alike.
    .filter(
      ([{ line }], index, all) => all.slice(0, index).filter(([other]) => other.line === line).length < 2,
    )
    .map(([{ line, what }, message]) => [
      `${line}-${what}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
      message,
    ]),
);

/** What the fuzzer found once: accepted then, and refused since. */
const FOUND = [
  'declaration that names two encodings',
  'two byte order marks',
  'byte order mark in signed text',
  'namespace name that is relative, beside what is signed',
  'namespace name with a reference in it',
  'PrefixList "s  wsu"',
  'signature value that is not filled up',
  'token with bytes behind the certificate',
  'bare signature whose exponent contradicts the certificate',
];
const found = Object.fromEntries(
  Object.values(sections)
    .flat()
    .filter(({ what }) => FOUND.includes(what))
    .map(({ what, hostile }) => [what.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), String(hostile(soap11))]),
);
if (Object.keys(found).length < FOUND.length) throw new Error('an attack has another name');

/** Without digests and signature, which a run fills in with a key of its own: what a party may sign is anything. */
const token = m.tokenOf('@TOKEN@');
const open = (craft: Craft, changes: Partial<m.Draft> = {}) =>
  m.textOf(craft.draft({ token, signatureMethod: `${m.MORE}ecdsa-sha256`, ...changes }));
const drafts: Readonly<Record<string, string>> = {
  plain: open(soap11),
  'soap-1-2': open(soap12),
  'prefix-list': open(soap11, {
    envelopeAttributes: 'xmlns:q="urn:q" xmlns="urn:none" xml:lang="nl"',
    body: question().replace('<Verzoek>', '<Verzoek xmlns="">'),
    references: m.reference('#BODY', 1, prefixList('g s #default')) + m.reference('#TS', 2, prefixList('q')),
    canonicalization: `<ds:CanonicalizationMethod Algorithm="${m.EXCLUSIVE}"><ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="s ds"/></ds:CanonicalizationMethod>`,
  }),
  'mixed-content': open(soap12, {
    body: '<g:GeefPersoon xmlns:g="http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02" xmlns:b="urn:b">a<b:c b:d="1" e="&#10;"><![CDATA[<&]]>&#13;</b:c><!-- f --><c xmlns="urn:b"><d xmlns=""/></c></g:GeefPersoon>',
  }),
};

rmSync(CORPUS, { recursive: true, force: true });
for (const [folder, texts] of Object.entries({ accepted, refused, found, drafts })) {
  mkdirSync(join(CORPUS, folder), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(CORPUS, folder, `${name}.xml`), text);
}
const lists = cast.revoked.map(
  (der) =>
    `-----BEGIN X509 CRL-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`,
);
mkdirSync(join(CORPUS, 'trust'));
for (const [index, authority] of [...cast.authorities, curvedAuthority.certificate].entries())
  writeFileSync(join(CORPUS, 'trust', `authority-${index + 1}.pem`), authority);
for (const [index, list] of lists.entries())
  writeFileSync(join(CORPUS, 'trust', `revoked-${index + 1}.pem`), list);
