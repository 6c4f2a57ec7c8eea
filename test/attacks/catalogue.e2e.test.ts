import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import type { Attack, Sent } from './attack.ts';
import { harmless, sections } from './catalogue.ts';
import type { Craft } from './craft.ts';
import { startWorld } from './world.ts';

/**
 * Every attack of the catalogue (docs/security.md), sent to a bus that was started as a user starts it, in both versions
 * of SOAP, each beside a message that differs in what is hostile alone and is answered.
 */
const world = await startWorld();
after(() => world.close());

// Far more than any of them takes, and far less than what they are after.
const CPU_MS = 50;
const GROWTH_MB = 256;
const ROUNDS = 2;

async function assertAnswered(craft: Craft, sent: string | Sent): Promise<void> {
  const asked = world.asked();
  const { status, text, exchange } = await world.post(craft, sent);
  const rows = world.rows(exchange);
  assert.deepEqual(
    [rows.length, rows[0]?.outcome, rows[0]?.reason],
    [1, 'answered', 'null'],
    text.slice(0, 2000),
  );
  assert.equal(status, 200);
  assert.equal(world.asked(), asked + 1);
  assert.ok(text.includes(world.secrets[0] ?? assert.fail()), text);
}

async function assertRefused(
  craft: Craft,
  hostile: string | Sent,
  { code, level, reason }: Attack,
): Promise<void> {
  const before = [world.asked(), world.exchanges()];
  const { status, text, exchange } = await world.post(craft, hostile);
  const rows = world.rows(exchange);
  assert.deepEqual(
    rows.map((row) => [row.outcome, row.code, row.level, row.sources]),
    [['refused', code, level, '[]']],
    rows[0]?.reason,
  );
  assert.match(rows[0]?.reason ?? '', reason);
  assert.deepEqual([world.asked(), world.exchanges() - 1], before);
  assert.equal(status >= 400, level === 1);
  assert.ok(text.includes(level === 1 ? 'Fault>' : `>${code}<`), text);
  for (const secret of world.secrets) assert.ok(!text.includes(secret), text);
  // Whoever could not prove who they are learns that, and nothing of the reason.
  if (code === 'ERR_025') assert.match(text, /ERR_025: Verification failure(?:: No signature in message!)?</);
}

/** Each in both versions of SOAP, its twin first. */
async function assertAll(t: TestContext, attacks: readonly Attack[]): Promise<void> {
  for (const each of attacks) {
    for (const craft of world.crafts) {
      await t.test(`${each.line} ${each.what}, SOAP ${craft.version}`, async () => {
        await assertAnswered(craft, each.twin(craft));
        const hostile = each.hostile(craft);
        if (each.twice) await assertAnswered(craft, hostile);
        await assertRefused(craft, hostile, each);
      });
    }
  }
  assert.equal(world.strayed(), 0);
}

test('refuses A: wrapping and coverage', (t) => assertAll(t, sections.wrapping));
test('refuses B: algorithms, keys, certificates, moments', (t) => assertAll(t, sections.algorithms));
test('refuses A and B in the profiles that are not strict', (t) => assertAll(t, sections.laxProfiles));
test('refuses A and B where messages come encrypted', (t) => assertAll(t, sections.encryption));
test('refuses C: what readers take differently', (t) => assertAll(t, sections.parser));
test('refuses D: exhaustion', (t) => assertAll(t, sections.exhaustion));
test('refuses E: routing, replay, injection', (t) => assertAll(t, sections.routing));

test('answers what only looks hostile, and tells nobody else', async (t) => {
  for (const { line, what, make } of harmless) {
    for (const craft of world.crafts)
      await t.test(`${line} ${what}, SOAP ${craft.version}`, () => assertAnswered(craft, make(craft)));
  }
  assert.equal(world.strayed(), 0);
});

test('takes little for each of them, however many come', async () => {
  const craft = world.crafts[0] ?? assert.fail();
  const attacks = Object.values(sections)
    .flat()
    .filter(({ twice }) => !twice);
  const messages = attacks.map(({ hostile }) => hostile(craft));
  const before = world.cost();
  for (let round = 0; round < ROUNDS; round++)
    for (const message of messages) await world.post(craft, message);
  const { cpuMs, rssMb } = world.cost();
  const each = (cpuMs - before.cpuMs) / (ROUNDS * messages.length);
  assert.ok(each <= CPU_MS, `${each} ms of processor time for each`);
  assert.ok(rssMb - before.rssMb <= GROWTH_MB, `${rssMb - before.rssMb} MB more`);
});
