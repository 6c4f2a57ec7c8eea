import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Parts } from '../../src/journey.ts';
import { createOpener } from '../../src/wss/decrypt.ts';
import { recipientOf } from '../../src/wss/recipient.ts';
import { createSealer } from '../../src/wss/sign-and-encrypt.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { plain } from '../../src/xml/names.ts';
import { element } from '../../src/xml/write.ts';
import { digitalSignature, issue, keyEncipherment } from '../support/certificates.ts';
import { stoppedClock } from '../support/clock.ts';
import * as e from '../support/encrypted-message.ts';
import { AT, grant, INSZ, questionXml, SOAP12 } from '../support/message.ts';
import {
  afnemer,
  authority,
  partsInMemory,
  saying,
  signedQuestion,
  travel,
  trust,
} from '../support/parts-in-memory.ts';
import { received } from '../support/signed-message.ts';

const usage = digitalSignature | keyEncipherment;
/** The party, with a certificate to which something can be encrypted. */
const reader = await issue(authority, 'afnemer', { usage });
const bus = await issue(authority, 'bus', { usage });
const formerly = await issue(authority, 'bus', { usage, kind: 'rsa-3072' });
const grantFor: Parts['grantFor'] = () => ({ ...grant, encrypted: true });
const encrypting = (connect?: Parameters<typeof partsInMemory>[0], changes: Partial<Parts> = {}) =>
  partsInMemory(connect, { grantFor, ...changes });

/** What only the reader's key shows, verified as the bus's. */
function read(bytes: Uint8Array): string {
  const closed = received(bytes);
  const open = createOpener([reader]).open(closed.envelope, Buffer.from(bytes));
  closed.dispose();
  const { envelope, dispose } = received(open);
  verifyReply(envelope, { trust, at: AT });
  const text = Buffer.from(readPayload(envelope).canonical()).toString('utf8');
  dispose();
  return text;
}

test('encrypts the answer to the certificate that signed the question, after signing it', async () => {
  for (const soap of [{}, { soap: SOAP12 }]) {
    const { parts, records } = encrypting();
    const { text, bytes, refusal } = await travel(parts, signedQuestion({}, soap, reader));
    assert.equal(refusal, null);
    assert.ok(!text.includes(INSZ) && !text.includes('Repliek'), text);
    assert.match(read(bytes), new RegExp(`Repliek.*<INSZ>${INSZ}</INSZ>`));
    const [{ reason, digestOut } = assert.fail()] = records;
    assert.equal(reason, 'told encrypted, to the certificate that signed the question');
    assert.equal(digestOut, hash('sha256', bytes));
  }
});

test('answers in the clear where the grant does not ask for more', async () => {
  const { parts, records } = partsInMemory();
  const { text } = await travel(parts, signedQuestion({}, {}, reader));
  assert.ok(text.includes(`<INSZ>${INSZ}</INSZ>`));
  assert.equal(records[0]?.reason, null);
});

test('gives the same answer another digest each time, so that nobody guesses at it', async () => {
  // Whatever else a guess would need can be seen: ids and moments are the same here.
  const sealer = createSealer({ ...bus, clock: stoppedClock(AT), randomId: () => 'abc' });
  const to = recipientOf(new X509Certificate(reader.certificate));
  const sealed = async () => {
    const bytes = await sealer.seal([element(plain('Antwoord'), '30001')], '1.1', to);
    assert.equal(read(bytes), '<Antwoord>30001</Antwoord>');
    return /#B-abc.*?<ds:DigestValue>([^<]*)/.exec(Buffer.from(bytes).toString())?.[1] ?? assert.fail();
  };
  assert.notEqual(await sealed(), await sealed());
});

const throttle = { max: 1, within: 1000 };
const told = {
  'that a source knows nobody': { connect: saying({}), code: '' },
  'that somebody has no file': { changes: { isRegistered: async () => false }, code: '40003' },
  'that it asks too often': {
    changes: {
      takeTurn: async () => false,
      grantFor: () => ({ ...grant, encrypted: true, controls: { ...grant.controls, throttle } }),
    },
    code: '99995',
  },
  'a fault of ours': {
    changes: {
      isRegistered: async () => {
        throw new Error('a pipe burst');
      },
    },
    code: 'internal',
  },
} satisfies Record<string, { connect?: Parameters<typeof partsInMemory>[0]; changes?: object; code: string }>;

for (const [what, how] of Object.entries(told)) {
  test(`encrypts ${what}, once the grant is known`, async () => {
    const { connect, changes, code } = { connect: undefined, changes: {}, ...how };
    const { parts, records } = encrypting(connect, changes);
    const { text, bytes, refusal } = await travel(parts, signedQuestion({}, {}, reader));
    assert.equal(refusal?.code ?? '', code);
    assert.match(text, /<xenc:EncryptedData /);
    assert.match(read(bytes), /Repliek|Fault/);
    assert.match(records[0]?.reason ?? '', /told encrypted/);
  });
}

test('tells in the clear what is refused before any grant is known', async () => {
  const refused = {
    '13001': signedQuestion({ uri: 'ander.example' }, {}, reader),
    '10001': signedQuestion({ insz: 'x' }, {}, reader),
    ERR_025: signedQuestion({}, {}, reader).replace(/<INSZ>\d/, '<INSZ>9'),
  };
  for (const [code, message] of Object.entries(refused)) {
    const { parts, records } = encrypting();
    const { text, refusal } = await travel(parts, message);
    assert.equal(refusal?.code, code);
    assert.ok(!text.includes('EncryptedData'));
    assert.ok(!records[0]?.reason?.includes('told encrypted'));
  }
});

test('refuses, and asks nobody, where the certificate that signed is not for encryption', async () => {
  const curved = await issue(authority, 'afnemer', { usage, kind: 'p-256' });
  const ecdsa = { signatureMethod: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256' };
  for (const message of [signedQuestion({}, {}, afnemer), signedQuestion({}, ecdsa, curved)]) {
    const { parts, records, calls } = encrypting();
    const { text } = await travel(parts, message);
    assert.equal(calls.length, 0);
    assert.match(text, /<Identificatie>13001<.*Het antwoord moet versleuteld worden/);
    assert.match(
      records[0]?.reason ?? '',
      /^grant 31 has answers encrypted; certificate CN=afnemer.* is not for that$/,
    );
  }
});

const question = () => signedQuestion({}, {}, reader);
const ways: Readonly<Record<string, () => string | Buffer>> = {
  'by its thumbprint': () => e.encrypted(question(), bus.certificate),
  'by its issuer and number': () =>
    e.encrypted(question(), bus.certificate, { keyInfo: e.str(e.issuerSerial(bus.certificate)) }),
  'by itself': () =>
    e.encrypted(question(), bus.certificate, {
      keyInfo: e.str(
        `<ds:X509Data><ds:X509Certificate>${bus.certificate.replace(/-----[A-Z ]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data>`,
      ),
    }),
  'by RSA-OAEP of XML Encryption 1.1': () =>
    e.encrypted(question(), bus.certificate, { keyMethod: e.OAEP_SHA256, oaepHash: 'sha256' }),
  'while another key takes its place': () => e.encrypted(question(), formerly.certificate),
  'without saying which key is that of the content': () =>
    e
      .encrypted(question(), bus.certificate)
      .replace(/(<xenc:EncryptedData.*?)<ds:KeyInfo.*?<\/ds:KeyInfo>/, '$1'),
  'in SOAP 1.2': () => e.encrypted(signedQuestion({}, { soap: SOAP12 }, reader), bus.certificate),
  'in UTF-16': () => Buffer.from(`\ufeff${e.encrypted(question(), bus.certificate)}`, 'utf16le'),
  'with prefixes that are declared around it': () => {
    const body = questionXml().replace('<g:GeefPersoon xmlns:g="', '<g:GeefPersoon data-x="');
    const namespace = /data-x="([^"]*)"/.exec(body)?.[1];
    return e.encrypted(
      signedQuestion(
        {},
        { body: body.replace(/ data-x="[^"]*"/, ''), envelopeAttributes: `xmlns:g="${namespace}"` },
        reader,
      ),
      bus.certificate,
    );
  },
  'with comments, sections and white space': () => {
    const body = `\n<!-- </a> -->${questionXml().replace('6001', '<![CDATA[6001]]>')}\n`;
    return e.encrypted(signedQuestion({}, { body }, reader), bus.certificate);
  },
};

for (const [how, message] of Object.entries(ways)) {
  test(`takes a question that was encrypted to a certificate of the bus, ${how}`, async () => {
    const { parts, records } = partsInMemory(undefined, { open: createOpener([bus, formerly]).open });
    const raw = message();
    const { refusal, text } = await travel(parts, raw, { charset: null });
    assert.equal(refusal, null, refusal?.message);
    assert.ok(text.includes(`<INSZ>${INSZ}</INSZ>`));
    assert.equal(records[0]?.digestIn, hash('sha256', raw));
  });
}

test('answers encrypted what came encrypted, each to whom it is for', async () => {
  const { parts } = encrypting(undefined, { open: createOpener([bus]).open });
  const { bytes, refusal } = await travel(parts, e.encrypted(question(), bus.certificate));
  assert.equal(refusal, null);
  assert.match(read(bytes), new RegExp(`<INSZ>${INSZ}</INSZ>`));
});

test('decrypts with no key that does not belong to its certificate, or that nobody may encrypt to', () => {
  assert.throws(() => createOpener([{ ...bus, privateKey: afnemer.privateKey }]), /does not belong/);
  assert.throws(() => createOpener([afnemer]), /nobody may encrypt to the certificate/);
});
