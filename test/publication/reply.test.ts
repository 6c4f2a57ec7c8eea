import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Batch, QuestionAnswer } from '../../src/exchange/inquiry.ts';
import { REPLY_KEPT, reply } from '../../src/publication/reply.ts';
import { service } from '../support/message.ts';

const at = new Date('2026-05-11T01:00:00Z');
const answered: Batch = {
  ...{ owner: 'intake', ownerId: 5, partyId: 3, service: 'GeefPersoon', version: '02.02' },
  ...{ sender: { uri: 'u.example', hoedanigheid: '6001', reference: 'r', endUser: null }, voucherId: 'v' },
  ...{ certificate: null, legalBasis: 'wet', template: null, fileName: 'vragen.xml', schema: 'urn:x' },
  ...{ state: 'answered', questions: 2, lastTime: false, lastError: null, madeAt: at },
  ...{ answeredAt: at, repliedAt: null, reply: null },
};
const refusal = (reference: string) =>
  `<Antwoord><Referte>${reference}</Referte><Uitzonderingen><Uitzondering><Identificatie>40003</Identificatie>` +
  '<Oorsprong>MAGDA</Oorsprong><Type>FOUT</Type><Diagnose>Geen</Diagnose></Uitzondering></Uitzonderingen></Antwoord>';

function world(answers: readonly string[], changes: Partial<Batch> = {}, now = at) {
  let batch: Batch = { ...answered, ...changes };
  const disk = new Map<string, string>();
  const said: string[] = [];
  const run = reply({
    ...{ clock: { now: () => now }, environment: 'TEST', speaker: 'bus.example', randomId: () => 'reply-id' },
    batch: async () => batch,
    serviceOf: () => service,
    prepareReply: async (_key, voucherId, names) => {
      batch = { ...batch, reply: batch.reply ?? { name: names(3)[0] ?? '', sequence: 3, voucherId } };
      return batch;
    },
    answersOf: async function* (): AsyncGenerator<QuestionAnswer> {
      for (const [index, answer] of answers.entries())
        yield { position: index + 1, answer, exchangeId: 'x', subject: null };
    },
    markReplied: async () => {
      const done = batch.state === 'answered';
      batch = { ...batch, state: 'replied', repliedAt: now };
      return done;
    },
    markReplyExpired: async () => said.push('expired') > 0,
    clearQuestions: async () => void said.push('cleared'),
    noteEvent: async ({ what }) => void said.push(what),
    sign: (_root, content) => Buffer.from(JSON.stringify(content)),
    replies: {
      place: async (_partyId, name, bytes) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of bytes) pieces.push(piece);
        const whole = Buffer.concat(pieces);
        disk.set(name, whole.toString('utf8'));
        return { size: whole.length, sha256: createHash('sha256').update(whole).digest('hex') };
      },
      remove: async (_partyId, name) => void disk.delete(name),
    },
  });
  return { run: () => run('5', new AbortController().signal, async () => {}), disk, said };
}

test('the answers become one file with a voucher, and then they go', async () => {
  const { run, disk, said } = world([refusal('a'), refusal('b')]);
  await run();
  assert.deepEqual([...disk.keys()], ['vragen.xml', 'vragen.voucher.xml']);
  const text = disk.get('vragen.xml') ?? '';
  assert.match(text, /<Antwoorden>\n<Antwoord><Referte>a<.*\n<Antwoord><Referte>b</);
  assert.match(disk.get('vragen.voucher.xml') ?? '', /RESPONSE/);
  assert.deepEqual(said, ['written', 'cleared']);
  const again = world([refusal('a'), refusal('b')]);
  await again.run();
  assert.equal(again.disk.get('vragen.xml'), text);
});

test('there is no file of answers that do not fit the schema, break out of their place, or are not all there', async () => {
  const strange = refusal('a').replace('<Type>FOUT</Type>', '');
  await assert.rejects(world([refusal('a'), strange]).run(), /answer 2 does not fit the schema/);
  await assert.rejects(world([`${refusal('a')}${refusal('b')}`]).run(), /answer 1 came to 2/);
  const { run, disk } = world([refusal('a')], { questions: 2 });
  await assert.rejects(run(), /1 answers to 2 questions/);
  assert.deepEqual(
    [...disk.keys()].filter((name) => name.includes('voucher')),
    [],
  );
});

test('a file whose name is a receipt or a voucher is answered under another', async () => {
  for (const fileName of ['1f.ack.xml', 'x y.xml', 'a.voucher.xml']) {
    const { run, disk } = world([refusal('a'), refusal('b')], { fileName });
    await run();
    assert.deepEqual([...disk.keys()], ['answer-3.xml', 'answer-3.voucher.xml']);
  }
});

test('the file is taken away when it has lain there for long, and not before', async () => {
  const replied = {
    ...{ state: 'replied' as const, repliedAt: at },
    reply: { name: 'vragen.xml', sequence: 3, voucherId: 'w' },
  };
  const early = world([], replied, new Date(at.getTime() + REPLY_KEPT - 1));
  await early.run();
  assert.deepEqual(early.said, ['cleared']);
  const late = world([], replied, new Date(at.getTime() + REPLY_KEPT));
  await late.run();
  assert.deepEqual(late.said, ['cleared', 'expired']);
});

test('of a batch that is still being asked, or has failed, nothing is laid down', async () => {
  for (const state of ['asking', 'failed', 'expired'] as const) {
    const { run, disk, said } = world([refusal('a')], { state });
    await run();
    assert.deepEqual([disk.size, said], [0, []]);
  }
});
