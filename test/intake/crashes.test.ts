import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, test } from 'node:test';
import { random } from '../publication/random.ts';
import { inszOf } from '../publication/records.ts';
import { told } from '../support/laid-down.ts';
import { drive, type IntakeWorld, intakeWorld } from './intake-world.ts';

const seed = randomInt(2 ** 31);
const world = await intakeWorld();
after(() => world.close());

const PARTS = 6;
/** More than one transaction takes. */
const RECORDS = 1_600;
/** So much more often than at other calls it dies of taking records. */
const DANGER = 10;

/** The parts of a process that dies at some call, before it is made or after; nothing works from then on. */
function mortal(parts: IntakeWorld['parts'], chance: (share: number) => boolean, share: number) {
  let dead = false;
  const die = (more = 1) => {
    dead ||= chance(share * more);
    if (dead) throw new Error('the process died');
  };
  const wrap = (verb: unknown) =>
    typeof verb !== 'function'
      ? verb
      : async (...given: unknown[]) => {
          die();
          const result: unknown = await verb(...given);
          die();
          return result;
        };
  const mortalOf = <T extends object>(verbs: T, immortal: readonly string[]): T =>
    new Proxy(verbs, {
      get: (target, name) => {
        const verb: unknown = Reflect.get(target, name);
        return immortal.includes(String(name)) ? verb : wrap(verb);
      },
    });
  const laidDown = mortalOf(parts.laidDown, ['pathOf', 'bytesOf']);
  const flowFor: typeof parts.flowFor = (...named) => {
    const flow = parts.flowFor(...named);
    const take: NonNullable<typeof flow>['take'] = async (...given) => {
      die(DANGER);
      const left = await flow?.take(...given);
      die(DANGER);
      return left ?? [];
    };
    return flow && { ...flow, take };
  };
  return mortalOf({ ...parts, laidDown, flowFor }, ['clock', 'laidDown', 'flowFor', 'readVoucher', 'sign']);
}

test(`whatever a process dies of, each record is taken once and each file answered rightly (seed ${seed})`, async () => {
  const { chance, below } = random(seed);
  const insz = inszOf(1);
  const recordsOf = (part: number) =>
    Array.from({ length: part === 3 ? RECORDS : 5 }, (_, at) => told(insz, `${part}/${at}`));
  const wrong = [told(insz, 'wrong', { content: '<Kleur/>' })];
  // Rejected first: its number is for the one that follows it.
  const rejected = world.layDown(wrong, { sequence: 1 });
  await drive(world, world.parts);
  const order = Array.from({ length: PARTS }, (_, at) => at + 1);
  for (const part of order.toSorted(() => below(3) - 1)) {
    world.layDown(recordsOf(part), { sequence: part });
    await drive(world, mortal(world.parts, chance, 0.03), 1);
  }
  for (let life = 0; life < 60; life++) await drive(world, mortal(world.parts, chance, 0.03), 3);
  await drive(world, world.parts);
  assert.deepEqual(
    await world.references(),
    order.flatMap((part) => recordsOf(part).map((_, at) => `${part}/${at}`)),
  );
  const all = await world.store.intakes({ limit: 100 });
  assert.deepEqual(all.map(({ state, receipt }) => `${state} ${receipt}`).toSorted(), [
    'rejected REJECTED',
    ...Array(PARTS).fill('taken ACCEPTED'),
  ]);
  for (const { voucherId } of all) {
    const status = voucherId === rejected.id ? 'REJECTED' : 'ACCEPTED';
    assert.match(world.receiptOf(`${voucherId}.ack.xml`), new RegExp(`<r:status>${status}<`));
  }
});
