import assert from 'node:assert/strict';
import { readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { WRITES_ALL } from '../../src/exchange/party.ts';
import type { Voucher } from '../../src/exchange/voucher.ts';
import { KEPT } from '../../src/intake/clear.ts';
import { receive } from '../../src/intake/receive.ts';
import { takeIn } from '../../src/intake/take-in.ts';
import { inszOf } from '../publication/records.ts';
import type { newGrant } from '../store/samples.ts';
import { around, told } from '../support/laid-down.ts';
import { drive, intakeWorld, source } from './intake-world.ts';

const world = await intakeWorld();
after(() => world.close());
const { store, parts, layDown, party } = world;
const insz = inszOf(1);
let next = 1;
let count = 0;
const some = (many: number) => Array.from({ length: many }, () => told(insz, `r-${++count}`));
const codesOf = (id: string) =>
  [...world.receiptOf(`${id}.ack.xml`).matchAll(/<r:code>([^<]+)/g)].map((found) => found[1]);
const stateOf = async (id: string) => (await store.intakeOf(party.id, id))?.state;
const mutations = async () => (await world.references()).length;

/** Laid down under the next number, which a rejected one leaves free. */
async function laid(
  records: readonly string[],
  said: Partial<Voucher> = {},
  so: Parameters<typeof layDown>[2] = {},
): Promise<string> {
  const { id } = layDown(records, { sequence: next, ...said }, so);
  await drive(world, parts);
  return id;
}

test('a file that is in order is taken, and put out of reach', async () => {
  const id = await laid(some(3));
  next += 1;
  assert.equal(await stateOf(id), 'taken');
  assert.equal(await mutations(), 3);
  assert.match(world.receiptOf(`${id}.ack.xml`), /<r:status>ACCEPTED<.*<r:numberOfRecords>3</);
  assert.deepEqual(readdirSync(world.toVip), []);
  assert.ok(await world.tray.isKept(party.id, `${id}.xml`));
  const [event] = world.events;
  assert.deepEqual([world.events.length, event?.what, event?.partyId], [1, 'intake-accepted', party.id]);
});

test('a file without any record is a file like any other', async () => {
  assert.equal(await stateOf(await laid([])), 'taken');
  next += 1;
});

const flow = {
  ...{ service: 'PubliceerMutatiePersoon', messageType: 'PubliceerMutatiePersoon', version: '02.02' },
  schemaLocation: 'Persoon.PubliceerMutatiePersoon-02.02/File/PubliceerMutatiePersoon.xsd',
};
const nobody = { uri: 'iemand.example', hoedanigheid: null };
for (const [what, said, codes] of [
  ['for somebody else', { receiver: nobody }, ['VOUCHER_CONTENT']],
  ['of a flow that there is not', { flow: { ...flow, version: '09.09' } }, ['VOUCHER_CONTENT']],
  [
    'of a flow with a longer name than any',
    { flow: { ...flow, service: 'x'.repeat(500) } },
    ['VOUCHER_CONTENT'],
  ],
  ['of another message', { flow: { ...flow, messageType: 'X' } }, ['VOUCHER_CONTENT']],
  ['of another schema', { flow: { ...flow, schemaLocation: 'x.xsd' } }, ['VOUCHER_CONTENT']],
  ['in another direction', { direction: 'REQUEST' }, ['VOUCHER_CONTENT']],
  ['in a name without a right', { sender: nobody }, ['13001']],
  ['with a number that counts already', { sequence: 1 }, ['SEQUENCE_USED']],
] as const)
  test(`a voucher ${what} is rejected`, async () => {
    const before = await mutations();
    const id = await laid(some(1), said);
    assert.deepEqual([await stateOf(id), codesOf(id)], ['rejected', codes]);
    assert.equal(await mutations(), before);
  });

for (const [what, file, code] of [
  ['in several parts', { parts: 2 }, 'VOUCHER_CONTENT'],
  ['in CSV', { mediaType: 'text/csv' }, 'VOUCHER_CONTENT'],
  ['of another name than its own', { name: 'other.xml' }, 'VOUCHER_CONTENT'],
  ['of another size', { size: 1 }, 'FILE_DIFFERS'],
  ['of another digest', { sha256: '0'.repeat(64) }, 'FILE_DIFFERS'],
  ['with another number of records', { records: 5 }, 'FILE_DIFFERS'],
] as const)
  test(`a voucher over a file ${what} is rejected`, async () => {
    assert.deepEqual(codesOf(await laid(some(2), {}, { file })), [code]);
  });

const { head, tail } = around(source);
for (const [what, records, codes, record] of [
  ['that does not fit the schema', [told(insz, 'a', { content: '<Kleur/>' })], ['RECORD_SCHEMA'], '1'],
  ['with a reference twice', [told(insz, 'b'), told(insz, 'c'), told(insz, 'b')], ['RECORD_REPEATED'], '3'],
  ['that is told of otherwise already', [told(insz, 'r-1', { day: '2026-01-01' })], ['40144'], '1'],
  ['of a day that there is not', [told(insz, 'd', { day: '2026-02-30' })], ['20001'], '1'],
  ['of a number that cannot be', [told(insz, 'e'), told(insz.replace(/.$/, '0'), 'f')], ['20002'], '2'],
  ['that says nothing', ['<Onderwerp><Referte>g</Referte></Onderwerp>'], ['20008'], '1'],
  ['that is not well-formed', [told(insz, 'h'), '<Onderwerp><Referte></Onderwerp>'], ['FILE_MALFORMED'], '2'],
] as const)
  test(`a file with a record ${what} is rejected as a whole`, async () => {
    const before = await mutations();
    const id = await laid([...records]);
    assert.deepEqual(codesOf(id), codes);
    assert.equal(/<r:record>(\d+)/.exec(world.receiptOf(`${id}.ack.xml`))?.[1], record);
    assert.equal(await mutations(), before);
  });

for (const [what, text, code] of [
  ['from somebody else', head.replace(source.uri, 'iemand.example') + tail, 'FILE_DIFFERS'],
  ['that begins otherwise', head.replace('<Naam>', '<Onbekend/><Naam>') + tail, 'RECORD_SCHEMA'],
  ['with a document type', `<!DOCTYPE a>${(head + tail).slice(39)}`, 'FILE_MALFORMED'],
  ['that ends too soon', head, 'FILE_MALFORMED'],
] as const)
  test(`a file ${what} is rejected`, async () => {
    assert.deepEqual(codesOf(await laid([], {}, { text })), [code]);
  });

test('of many faults the first twenty are told, each with its record', async () => {
  const id = await laid(
    Array.from({ length: 30 }, (_, at) => told(insz, `x-${at}`, { content: '<Kleur/>' })),
  );
  assert.deepEqual(codesOf(id), Array(20).fill('RECORD_SCHEMA'));
  const file = await store.intakeOf(party.id, id);
  assert.deepEqual(file?.problems.at(-1)?.record, 20);
  assert.equal(file?.problems.at(-1)?.reference, 'x-19');
});

test('a voucher without its file, or that was taken away again, is rejected', async () => {
  const { id, files } = layDown(some(1), { sequence: next });
  rmSync(join(world.toVip, files[0]?.name ?? ''));
  await drive(world, parts);
  assert.deepEqual(codesOf(id), ['FILE_MISSING']);
  // Its process died after it made the row, and the party took everything back.
  const voucher = layDown(some(1), { sequence: next });
  const dying = { ...parts, laidDown: { ...parts.laidDown, keep: () => Promise.reject(new Error('died')) } };
  await drive(world, dying, 2);
  assert.equal(await stateOf(voucher.id), 'received');
  for (const name of readdirSync(world.toVip)) rmSync(join(world.toVip, name));
  await drive(world, parts);
  assert.deepEqual(codesOf(voucher.id), ['FILE_MISSING']);
});

test('a file that is put away at the moment at which it is looked for is found', async () => {
  const { id } = layDown(some(2), { sequence: next });
  const dying = { ...parts, laidDown: { ...parts.laidDown, keep: () => Promise.reject(new Error('died')) } };
  await drive(world, dying, 2);
  const file = await store.intakeOf(party.id, id);
  const { signal } = new AbortController();
  let putAway = async () => {
    putAway = async () => {};
    await receive(parts)(String(party.id), signal, async () => {});
  };
  const { isKept, lies } = parts.laidDown;
  const between = (look: typeof lies) => async (partyId: number, name: string) => {
    const found = await look(partyId, name);
    await putAway();
    return found;
  };
  const laidDown = { ...parts.laidDown, isKept: between(isKept), lies: between(lies) };
  await takeIn({ ...parts, laidDown })(String(file?.id), signal, async () => {});
  assert.equal(await stateOf(id), 'taken');
  next += 1;
});

test('a voucher that cannot be read is answered, and its file left to its party', async () => {
  writeFileSync(join(world.toVip, 'mine.xml'), '<a/>');
  writeFileSync(join(world.toVip, 'mine.voucher.xml'), 'not so');
  writeFileSync(join(world.toVip, 'één mét.voucher.xml'), 'nor so');
  await drive(world, parts);
  assert.match(world.receiptOf('mine.unreadable.ack.xml'), /VOUCHER_SIGNATURE/);
  assert.ok(world.receipts().some((name) => /^voucher-[0-9a-f]{16}\.unreadable\.ack\.xml$/.test(name)));
  assert.deepEqual(readdirSync(world.toVip), ['mine.xml']);
  rmSync(join(world.toVip, 'mine.xml'));
});

test('what comes before its turn waits, whoever is first, and is taken in order', async () => {
  const late = await laid(some(1), { sequence: next + 2 });
  const second = await laid(some(1), { sequence: next + 1 });
  assert.deepEqual([await stateOf(late), await stateOf(second)], ['held', 'held']);
  assert.match(world.receiptOf(`${late}.ack.xml`), /WAITING_FOR_SEQUENCE.*waits for number/);
  const rejected = await laid([told(insz, 'no', { content: '<Kleur/>' })]);
  assert.equal(await stateOf(rejected), 'rejected');
  assert.equal(await stateOf(second), 'held', 'a rejected one does not use its number');
  const rival = await laid(some(1), { sequence: next + 1 });
  await laid(some(1));
  assert.deepEqual([await stateOf(second), await stateOf(late)], ['taken', 'taken']);
  assert.deepEqual([await stateOf(rival), codesOf(rival)], ['rejected', ['SEQUENCE_USED']]);
  next += 3;
});

test('the same voucher again is told so, and changes nothing', async () => {
  const records = some(2);
  const id = await laid(records);
  const receipt = world.receiptOf(`${id}.ack.xml`);
  const before = await mutations();
  await laid(records, { id });
  assert.equal(await mutations(), before);
  assert.equal(world.receiptOf(`${id}.ack.xml`), receipt);
  assert.match(world.receiptOf(`${id}.duplicate.ack.xml`), /DUPLICATE.*ALREADY_RECEIVED.*it is taken/);
  next += 1;
});

test('records that were told before are counted, and taken once', async () => {
  const before = await mutations();
  const id = await laid([told(insz, 'r-1'), ...some(1)]);
  assert.match(world.receiptOf(`${id}.ack.xml`), /numberOfRecords>2<.*numberOfDuplicates>1</);
  assert.equal(await mutations(), before + 1);
  next += 1;
});

test('a reference that a message used while the file was taken is left out, and told', async () => {
  const [one, two] = ['race-1', 'race-2'];
  const racing = {
    ...parts,
    markTaking: async (id: number) => {
      const mutation = { publication: flow.service, version: flow.version, reference: one };
      const rest = { subject: { kind: 'person', number: insz }, occurredOn: '2026-01-01' } as const;
      await store.acceptMutations([{ ...mutation, ...rest, type: '01', content: '<a/>' }], party.id);
      return store.markTaking(id);
    },
  };
  const { id } = layDown([told(insz, one), told(insz, two)], { sequence: next });
  await drive(world, racing);
  next += 1;
  assert.deepEqual([await stateOf(id), codesOf(id)], ['taken', ['40144']]);
  assert.ok((await world.references()).includes(two));
});

test('a right that is limited, or was taken away, lets no file in', async () => {
  const [grant] = (await store.grants()).filter(({ partyId }) => partyId === party.id);
  assert.ok(grant);
  const why = (changes: object) =>
    world.flow.denial({ ...source, partyId: party.id }, new Date()) === null
      ? mutationDenial({ ...grant, ...changes })
      : 'no right to begin with';
  assert.equal(why({ writable: ['Notificaties/**'] }), '40006');
  assert.equal(why({ population: 'minors' }), '40005');
  assert.equal(why({ writable: [WRITES_ALL] }), null);
});

function mutationDenial(grant: ReturnType<typeof newGrant> & { readonly id: number }): string | null {
  return world.flowWith(() => grant).denial({ ...source, partyId: party.id }, new Date())?.code ?? null;
}

test('what ended a month ago is taken away with its receipts', async () => {
  const id = await laid(some(1));
  next += 1;
  const later = { ...parts, clock: { now: () => new Date(Date.now() + KEPT) } };
  await drive(world, later);
  assert.deepEqual(world.receipts(), []);
  assert.equal(await world.tray.isKept(party.id, `${id}.xml`), false);
  assert.equal(await stateOf(id), 'taken');
});

test('links and names that lead elsewhere are not read', async () => {
  symlinkSync('/etc/passwd', join(world.toVip, 'link.voucher.xml'));
  assert.equal(await world.tray.read(party.id, 'link.voucher.xml', 10), null);
  assert.equal(await world.tray.keep(party.id, 'link.voucher.xml', 'x.voucher.xml'), false);
  await assert.rejects(async () => world.tray.lies(party.id, '../x'), /cannot be the name/);
});
