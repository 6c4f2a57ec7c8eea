import assert from 'node:assert/strict';
import { createVerify, randomUUID, X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DOMParser } from '@xmldom/xmldom';
import { createClientAsync, WSSecurityCert } from 'soap';
import { SignedXml } from 'xml-crypto';
import { demoFolder } from '../support/demo-world.ts';
import * as other from '../support/foreign.ts';
import { runVerb, startProgram } from '../support/program.ts';

/** Clients by others, each in its own language: answered, and content with the signature of the answer. */

const folder = demoFolder();
const program = await startProgram({ KRUISPUNT_VAR: folder });
after(() => program.stop());

const endpoint = `${program.url}/GeefPersoonDienst-02.02/soap/WebService`;
const demo = join(folder, 'demo');
const key = join(demo, 'afnemer.key.pem');
const certificate = join(demo, 'afnemer.crt.pem');
const busCertificate = join(demo, 'bus.crt.pem');
const afnemer = other.partyIn(demo, 'afnemer');
const asking = { demo, party: 'afnemer', insz: '74651210490' };
const keys = [`${endpoint}?wsdl`, key, certificate, busCertificate] as const;
const who = [afnemer.uri, afnemer.hoedanigheid, asking.insz] as const;
const client = (name: string) => join(import.meta.dirname, 'clients', name);

for (const signer of ['BinarySignature', 'Signature']) {
  test(`zeep asks with its ${signer}, and verifies the answer`, async () => {
    const said = await other.foreign(other.PYTHON, [client('zeep_client.py'), ...keys, signer, ...who]);
    assert.equal(said, '74651210490 Maes\n');
  });
}

test('zeep asks in the shape of the social security, and reads status and fault', async () => {
  const wsdl = `${program.url}/PersonInformationDienst-01.00/soap/WebService?wsdl`;
  const ask = (insz: string) =>
    other.foreign(other.PYTHON, [
      client('zeep_ksz_client.py'),
      ...[wsdl, key, certificate, busCertificate, '0999990420', 'DEMO:SOCIAL_INQUIRY', insz],
    ]);
  assert.equal(await ask(asking.insz), 'DATA_FOUND MSG00000 74651210490 Maes\n');
  assert.equal(await ask('90671541242'), 'NO_RESULT MSG00006 newSSIN=90671551932\n');
  assert.equal(await ask('85641839141'), 'fault MSG00003 99994 - Onverwachte fout bij de bron.\n');
});

test('zeep asks for what changed, gets it again until it says that it has it, and then what comes next', async () => {
  const samples = mkdtempSync(join(folder, 'samples-'));
  for (const name of ['mutation-registered.xml', 'mutation-registered.yaml'])
    copyFileSync(join(import.meta.dirname, '../envelopes', name), join(samples, name));
  const tell = async () => {
    const told = await runVerb(['envelopes', 'run', '--dir', samples, '--url', program.url], {
      KRUISPUNT_VAR: folder,
    });
    assert.equal(told.code, 0, told.stdout + told.stderr);
  };
  const wsdl = `${program.url}/GeefPersoonMutatiesNotificatiesDienst-02.00/soap/WebService?wsdl`;
  const [uri, hoedanigheid] = ['raadpleger.example/ipdc6002-aip', '6002'];
  const own = ['key', 'crt'].map((kind) => join(demo, `raadpleger.${kind}.pem`));
  const pull = async (receipt = '') =>
    (
      await other.foreign(other.PYTHON, [
        client('zeep_pull_client.py'),
        ...[wsdl, ...own, busCertificate, uri, hoedanigheid, receipt],
      ])
    ).trim();
  assert.equal(await pull(), '30016');
  await tell();
  const first = await pull();
  assert.match(first, /^[0-9a-f-]{36} \d+:74651210490$/);
  assert.equal(await pull(), first);
  const [receipt = ''] = first.split(' ');
  assert.equal(await pull(randomUUID()), '30014');
  assert.equal(await pull(receipt), '30016');
  await tell();
  const second = await pull(receipt);
  assert.match(second, /^[0-9a-f-]{36} \d+:74651210490$/);
  assert.notEqual(second.split(' ')[1], first.split(' ')[1]);
  const listing = ['audit', 'list', '--limit', '1', '--json'];
  const [audited] = JSON.parse((await runVerb(listing, { KRUISPUNT_VAR: folder })).stdout);
  assert.deepEqual([audited.party, audited.service], ['raadpleger', 'GeefPersoonMutatiesNotificaties']);
  assert.deepEqual(audited.subjects, [{ kind: 'person', number: '74651210490' }]);
});

test('zeep refuses an answer that another key signed', async () => {
  const wrong = [keys[0], key, certificate, certificate, 'BinarySignature', ...who];
  await assert.rejects(
    other.foreign(other.PYTHON, [client('zeep_client.py'), ...wrong]),
    /SignatureVerificationFailed/,
  );
});

test("PHP's SoapClient asks with a header made by hand, and verifies the answer", async () => {
  const said = await other.foreign('php', [client('soap_client.php'), ...keys, ...who]);
  assert.equal(said, '74651210490 Maes\n');
});

const signatureOptions = {
  'as it signs by itself': {},
  'told to use RSA with SHA-256': { signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' },
};
for (const [how, options] of Object.entries(signatureOptions)) {
  test(`node's soap asks, ${how}, and xml-crypto verifies the answer`, async () => {
    const soap = await createClientAsync(`${endpoint}?wsdl`);
    soap.setSecurity(new WSSecurityCert(readFileSync(key), readFileSync(certificate, 'utf8'), '', options));
    const reference = 'b1f2d5a0-64c3-4c0e-9d0b-2f6a7c1e8d93';
    const [result, answer] = await soap.GeefPersoonAsync({
      Verzoek: {
        Context: {
          Naam: 'GeefPersoon',
          Versie: '02.02.0000',
          Bericht: {
            Type: 'VRAAG',
            Tijdstip: { Datum: '2026-11-21', Tijd: '10:15:00.000' },
            Afzender: { Identificatie: afnemer.uri, Referte: reference, Hoedanigheid: afnemer.hoedanigheid },
          },
        },
        Vragen: {
          Vraag: {
            Referte: reference,
            Inhoud: { Criteria: { INSZ: asking.insz }, Bron: 'RR', Taal: 'nl' },
          },
        },
      },
    });
    assert.equal(result.Repliek.Antwoorden.Antwoord.Inhoud.Persoon.INSZ, asking.insz);
    assert.deepEqual(partsVerified(answer), ['Body', 'Timestamp']);
    assert.throws(() => partsVerified(answer.replace('Maes', 'Maas')), /digest|signature/i);
  });
}

/** The names of what xml-crypto finds signed by the bus. */
function partsVerified(answer: string): readonly string[] {
  const document = new DOMParser().parseFromString(answer, 'text/xml');
  const [signature] = document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature');
  assert.ok(signature);
  const verifier = new SignedXml({ publicCert: readFileSync(busCertificate), idMode: 'wssecurity' });
  // The two libraries type DOM nodes each in their own way.
  verifier.loadSignature(signature as unknown as Parameters<SignedXml['loadSignature']>[0]);
  if (!verifier.checkSignature(answer)) throw new Error('signature or digest does not fit');
  return verifier
    .getSignedReferences()
    .map((part) => new DOMParser().parseFromString(part, 'text/xml').documentElement?.localName ?? '')
    .sort();
}

test('curl posts what xmlsec1 signed, and xmlsec1 verifies the answer', async () => {
  const message = await other.xmlsecSign(folder, asking);
  const posting = [
    '--silent',
    '--show-error',
    '--header',
    'Content-Type: text/xml',
    '--data-binary',
    `@${message}`,
  ];
  const answer = await other.foreign('curl', [...posting, endpoint]);
  assert.match(answer, /<INSZ>74651210490<\/INSZ>/);
  await other.xmlsecVerify(folder, answer, busCertificate);
  await assert.rejects(other.xmlsecVerify(folder, answer.replace('Maes', 'Maas'), busCertificate));
});

test('curl is told with a fault that xmlsec1 verifies when its message was altered on the way', async () => {
  const message = await other.xmlsecSign(folder, asking);
  const altered = join(folder, 'altered.xml');
  writeFileSync(altered, readFileSync(message, 'utf8').replace(asking.insz, '72710321753'));
  const answer = await other.foreign('curl', [
    ...['--silent', '--header', 'Content-Type: text/xml', '--data-binary', `@${altered}`, endpoint],
  ]);
  assert.match(answer, /<faultstring>10001 - ERR_025: Verification failure<\/faultstring>/);
  await other.xmlsecVerify(folder, answer, busCertificate);
});

test("the answer carries the bus's certificate, and OpenSSL finds its signature good", async () => {
  const message = await other.xmlsecSign(folder, asking);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'text/xml' },
    body: readFileSync(message),
  });
  const answer = await response.text();
  const token = /<wsse:BinarySecurityToken[^>]*>([^<]+)</.exec(answer)?.[1] ?? '';
  const bus = new X509Certificate(Buffer.from(token, 'base64'));
  const authority = new X509Certificate(readFileSync(join(demo, 'ca.crt.pem')));
  assert.ok(bus.verify(authority.publicKey));
  // What the bus writes is in canonical form already, so the bytes of SignedInfo are those that were signed.
  const info = /<ds:SignedInfo[\s\S]*<\/ds:SignedInfo>/.exec(answer)?.[0] ?? '';
  const value = /<ds:SignatureValue>([^<]+)</.exec(answer)?.[1] ?? '';
  const inContext = info.includes('xmlns:ds=')
    ? info
    : info.replace('<ds:SignedInfo', `<ds:SignedInfo ${DS}`);
  assert.ok(createVerify('sha256').update(inContext).verify(bus.publicKey, value, 'base64'));
});

const DS = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
