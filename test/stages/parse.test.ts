import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '../../src/exchange/contract.ts';
import type { Door, Parsed, Received } from '../../src/exchange/message.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { validate } from '../../src/stages/validate.ts';
import {
  dispose,
  envelope,
  operation,
  parsed,
  questionXml,
  receive,
  SOAP12,
  service,
  type Wording,
} from '../support/message.ts';

const other: Operation = {
  ...operation,
  name: 'GeefGezin',
  request: { namespace: 'urn:gezin', name: 'GeefGezin' },
  soapActions: ['GeefGezinDienst-02.00'],
};
const gezin = {
  rules: { ...service.rules, name: 'GeefGezin', version: '02.00' },
  contract: { ...service.contract, operations: [other] },
};
const stage = (received: Received) => parsed(received, [service, gezin]);

function go(raw: string | Uint8Array, door: Partial<Door> = {}): Parsed {
  const received = receive(raw, door);
  try {
    return stage(received);
  } finally {
    dispose(received);
  }
}

/** Code and reason with which a message is refused; null when it is not. */
function refusal(raw: string | Uint8Array, door: Partial<Door> = {}): readonly [string, string] | null {
  try {
    go(raw, door);
    return null;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return [error.code, error.message];
  }
}

const good = envelope(questionXml());

test('finds the service and operation by the Body, in both versions of SOAP', () => {
  for (const raw of [good, envelope(questionXml(), SOAP12)]) {
    const { service: found, operation: asked } = go(raw);
    assert.deepEqual([found.rules.name, asked.name], ['GeefPersoon', 'GeefPersoon']);
  }
});

test('takes both media types for either version, and no other', () => {
  for (const mediaType of ['text/xml', 'application/soap+xml']) {
    assert.equal(refusal(good, { mediaType }), null);
    assert.equal(refusal(envelope(questionXml(), SOAP12), { mediaType }), null);
  }
  for (const mediaType of ['application/xml', 'text/plain', 'multipart/related', 'text/xmlx', null])
    assert.equal(refusal(good, { mediaType })?.[0], '415', String(mediaType));
});

test('takes a SOAPAction that is absent, empty, its own or declared by nobody', () => {
  for (const soapAction of [null, '', 'GeefPersoonDienst-02.02', 'urn:whatever'])
    assert.equal(refusal(good, { soapAction }), null, String(soapAction));
});

test('refuses a SOAPAction that is declared for another operation', () => {
  const said = refusal(good, { soapAction: 'GeefGezinDienst-02.00' });
  assert.deepEqual([said?.[0], /declared for another/.test(said?.[1] ?? '')], ['10001', true]);
});

test('takes a SOAPAction that several operations declare, its own among them', () => {
  const both = {
    ...gezin,
    contract: { ...gezin.contract, operations: [{ ...other, soapActions: operation.soapActions }] },
  };
  const received = receive(good, { soapAction: operation.soapActions[0] ?? null });
  assert.doesNotThrow(() => parsed(received, [service, both]));
  dispose(received);
});

test('demands that the path is of the service and version in the Body', () => {
  assert.equal(refusal(good, { endpoint: { service: 'GeefPersoon', version: '02.02' } }), null);
  for (const endpoint of [
    { service: 'GeefGezin', version: '02.02' },
    { service: 'GeefPersoon', version: '02.01' },
    { service: 'geefpersoon', version: '02.02' },
  ])
    assert.equal(refusal(good, { endpoint })?.[0], '10001', JSON.stringify(endpoint));
});

test('reads UTF-16 in both byte orders, and UTF-8 with a byte order mark', () => {
  const little = Buffer.from(`\ufeff${good}`, 'utf16le');
  const big = Buffer.from(little).swap16();
  assert.equal(refusal(little, { charset: 'utf-16' }), null);
  assert.equal(refusal(big, { charset: 'UTF-16BE' }), null);
  assert.equal(refusal(little, { charset: null }), null);
  assert.equal(refusal(Buffer.from(`\ufeff${good}`)), null);
});

test('refuses an encoding that header, mark and declaration do not agree on', () => {
  const declares = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>${good}`;
  assert.equal(refusal(declares('utf-8')), null);
  assert.equal(refusal(declares('ISO-8859-1'))?.[0], '10001');
  assert.equal(refusal(declares('ISO-8859-1'), { charset: 'iso-8859-1' })?.[0], '10001');
  assert.equal(refusal(declares('UTF-16'))?.[0], '10001');
  assert.equal(refusal(good, { charset: 'utf-16' })?.[0], '10001');
  const little = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.equal(refusal(little(good), { charset: 'utf-8' })?.[0], '10001');
  assert.equal(refusal(little(good), { charset: 'utf-16be' })?.[0], '10001');
  assert.equal(refusal(little(declares('utf-8')), { charset: null })?.[0], '10001');
  assert.equal(refusal(Buffer.from(good, 'utf16le'), { charset: 'utf-16le' })?.[0], '10001');
});

test('refuses bytes that are not the UTF-8 or UTF-16 they are said to be', () => {
  const name = (bytes: Buffer) => Buffer.concat([Buffer.from(good.slice(0, -20)), bytes]);
  assert.equal(refusal(name(Buffer.from([0xc3, 0x28])))?.[0], '10001');
  const lone = Buffer.from(`\ufeff${good.replace('GeefPersoon<', '\ud800<')}`, 'utf16le');
  assert.equal(refusal(lone, { charset: 'utf-16' })?.[0], '10001');
});

test('refuses a good question with what SOAP forbids in it', () => {
  assert.match(refusal(`<!DOCTYPE a>${good}`)?.[1] ?? '', /document type/);
  assert.match(refusal(good.replace('<Verzoek>', '<Verzoek><?a b?>'))?.[1] ?? '', /processing instruction/);
});

const withHeader = (attributes: string, name = 't:Transactie xmlns:t="urn:t"') =>
  good.replace('<s:Body>', `<s:Header><${name} ${attributes}/></s:Header><s:Body>`);

test('refuses a mandatory header that it does not process, and no other', () => {
  const wsse =
    'w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"';
  assert.equal(refusal(withHeader('s:mustUnderstand="1"'))?.[0], 'MustUnderstand');
  assert.equal(refusal(withHeader('s:mustUnderstand=" true "'))?.[0], 'MustUnderstand');
  assert.equal(refusal(withHeader('s:mustUnderstand="0"')), null);
  assert.equal(refusal(withHeader('mustUnderstand="1"')), null);
  assert.equal(refusal(withHeader('s:mustUnderstand="1"', wsse)), null);
  assert.equal(
    refusal(withHeader('s:mustUnderstand="1"', 'w:Security xmlns:w="urn:w"'))?.[0],
    'MustUnderstand',
  );
});

test('leaves a mandatory header to the node that it is for', () => {
  const next = 'http://schemas.xmlsoap.org/soap/actor/next';
  assert.equal(refusal(withHeader(`s:mustUnderstand="1" s:actor="${next}"`))?.[0], 'MustUnderstand');
  assert.equal(refusal(withHeader('s:mustUnderstand="1" s:actor=""'))?.[0], 'MustUnderstand');
  assert.equal(refusal(withHeader('s:mustUnderstand="1" s:actor="urn:another-node"')), null);
});

test('knows a question by its namespace too', () => {
  assert.equal(refusal(envelope('<g:GeefPersoon xmlns:g="urn:ander"/>'))?.[0], '10001');
  assert.equal(refusal(envelope('<GeefPersoon/>'))?.[0], '10001');
});

const contradiction = (changes: Partial<Wording>) => {
  const received = receive(envelope(questionXml(changes)));
  try {
    validate(stage(received));
    return null;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.message;
  } finally {
    dispose(received);
  }
};

test('refuses a Context that names another service or version than the Body', () => {
  assert.equal(contradiction({}), null);
  assert.equal(contradiction({ name: 'Persoon.GeefPersoon', version: '02.02.0007' }), null);
  assert.match(contradiction({ name: 'GeefGezin' }) ?? '', /Context\/Naam/);
  assert.match(contradiction({ version: '02.20.0000' }) ?? '', /Context\/Versie/);
});

test('tells every violation of the schema with its place, and quotes no value', () => {
  const received = receive(envelope(questionXml({ insz: 'geheim-9', taal: 'geheim-7' })));
  try {
    assert.throws(
      () => validate(stage(received)),
      (error: unknown) => {
        assert.ok(error instanceof Refusal);
        assert.match(error.text, /INSZ[^;]*; .*Taal/);
        assert.doesNotMatch(error.text, /geheim/);
        return true;
      },
    );
  } finally {
    dispose(received);
  }
});
