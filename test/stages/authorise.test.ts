import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionOwner } from '../../src/exchange/message.ts';
import type { Admits, Grant, GrantQuestion } from '../../src/exchange/party.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { authorise } from '../../src/stages/authorise.ts';
import { AT, dispose, grant, verified, type Wording } from '../support/message.ts';

const signal = new AbortController().signal;

async function decide(
  changes: Partial<Wording>,
  {
    granted = grant as Grant | null,
    current = true,
    at = AT,
    connection = null as ConnectionOwner | null,
    admits = ((_partyId, _address) => true) as Admits,
  } = {},
) {
  const asked: GrantQuestion[] = [];
  const grantFor = (question: GrantQuestion) => {
    asked.push(question);
    return granted;
  };
  const made = verified(changes, at);
  const message = { ...made, door: { ...made.door, connection } };
  try {
    const { sender } = await authorise({ grantFor, admits, isCurrent: () => current })(message, signal);
    return { sender, asked, code: null, reason: null };
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return { sender: null, asked, code: error.code, reason: error.message };
  } finally {
    dispose(message);
  }
}

test('takes the sender from the question, and asks for a grant of the signer on the day of the message', async () => {
  const { sender, asked } = await decide({ gebruiker: '74651210490' });
  assert.deepEqual(sender, {
    uri: 'stad.example/burgerzaken',
    hoedanigheid: '6001',
    reference: 'referte-van-de-afnemer',
    endUser: '74651210490',
  });
  assert.deepEqual(asked, [
    {
      partyId: 7,
      uri: 'stad.example/burgerzaken',
      hoedanigheid: '6001',
      service: 'GeefPersoon',
      version: '02.02',
      at: AT,
    },
  ]);
});

test('lets a party speak without a capacity only where it was given that identity', async () => {
  assert.equal((await decide({ hoedanigheid: null })).code, null);
});

test('refuses a sender that is not one of the party, without looking for a grant', async () => {
  const others: Partial<Wording>[] = [
    { uri: 'ander.example' },
    { uri: 'stad.example/burgerzaken/' },
    { uri: 'STAD.example/burgerzaken' },
    { hoedanigheid: '6002' },
    { hoedanigheid: '' },
  ];
  for (const changes of others) {
    const { code, asked } = await decide(changes);
    assert.deepEqual([code, asked], ['13001', []], JSON.stringify(changes));
  }
});

test('refuses who holds no grant', async () => {
  assert.equal((await decide({}, { granted: null })).code, '13001');
});

test('decides nothing on a configuration that is out of date', async () => {
  const { code, asked } = await decide({}, { current: false });
  assert.deepEqual([code, asked], ['internal', []]);
});

test('demands that a message comes from the networks of whoever signed it', async () => {
  const admits: Admits = (partyId, address) => partyId !== 7 || address !== '192.0.2.7';
  const { code, reason, asked } = await decide({}, { admits });
  assert.equal(code, '13001');
  assert.match(reason ?? '', /^\S+ is in none of the networks of /);
  assert.deepEqual(asked, []);
  const heard: unknown[] = [];
  await decide({}, { admits: (...question) => heard.push(question) > 0 });
  assert.match(JSON.stringify(heard), /^\[\[7,"[^"]+"\]\]$/);
});

test("demands that a connection which is somebody's is that of whoever signed", async () => {
  assert.equal((await decide({}, { connection: { partyId: 7, as: '"CN=a" of stad' } })).code, null);
  for (const connection of [
    { partyId: 8, as: '"CN=b" of ander' },
    { partyId: null, as: '"CN=c" of no party' },
  ]) {
    const { code, reason, asked } = await decide({}, { connection });
    assert.equal(code, '13001');
    assert.ok(
      reason?.startsWith(`the connection is that of ${connection.as}, the message was signed by `),
      reason ?? '',
    );
    assert.deepEqual(asked, []);
  }
});
