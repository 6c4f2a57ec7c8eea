import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { refusedDebts } from '../../src/http/refused-debts.ts';
import { type Caller, type Pass, waitingRoom } from '../../src/http/waiting-room.ts';

const HOSTILE = '192.0.2.1';

/** A room whose clock and timers go when they are told to. */
function world() {
  mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  const told: string[] = [];
  const clock = () => now;
  const room = waitingRoom({
    debts: refusedDebts(0.1, clock),
    now: clock,
    onWait: (each) => told.push(each),
  });
  const pass = async (milliseconds: number) => {
    for (let end = now + milliseconds; now < end; ) {
      now += 25;
      mock.timers.tick(25);
      await Promise.resolve();
    }
  };
  const at = (address: string, line: object | null = {}): Caller => ({ address, line });
  const enter = (caller: Caller, hasGone = () => false) => room.enter(caller, hasGone);
  /** Comes in, as it must at once, and is refused for a message of so many bytes. */
  const refused = (caller: Caller, bytes = 1_000_000) =>
    atOnce(enter(caller)).leave({ refused: true, bytes });
  const done = () => {
    room.close();
    mock.timers.reset();
  };
  return { room, told, pass, at, enter, refused, done };
}

function atOnce(pass: Pass | Promise<Pass | null>): Pass {
  if (pass instanceof Promise) throw new Error('it has to wait');
  return pass;
}

function waits(pass: Pass | Promise<Pass | null>): Promise<Pass | null> {
  if (!(pass instanceof Promise)) throw new Error('it came in at once');
  return pass;
}

/** For who only looks whether it has to. */
const mustWait = (pass: Pass | Promise<Pass | null>) =>
  assert.ok(pass instanceof Promise, 'it came in at once');

/** What became of it so far. */
const stateOf = async (turn: Promise<Pass | null>) => {
  const turned = await Promise.race([turn, Promise.resolve('waits' as const)]);
  return turned === 'waits' ? turned : turned === null ? 'turned away' : 'came in';
};

test('lets everybody in at once who is not refused', () => {
  const { enter, at, done } = world();
  for (let each = 0; each < 10_000; each++)
    atOnce(enter(at(HOSTILE))).leave({ refused: false, bytes: 1_000_000 });
  done();
});

test('has an address wait whose messages are refused, tells it once a minute, and lets the others pass', async () => {
  const { room, told, enter, at, refused, pass, done } = world();
  for (let each = 0; each < 10; each++) refused(at(HOSTILE));
  const turn = waits(enter(at(HOSTILE)));
  const another = waits(enter(at(HOSTILE)));
  assert.deepEqual([told, room.counts().waiting], [[HOSTILE], 2]);
  atOnce(enter(at('192.0.2.2')));
  // 215 ms are owed, of which 200 may be: 15 are made up for in 150.
  await pass(125);
  assert.equal(await stateOf(turn), 'waits');
  await pass(50);
  assert.equal(await stateOf(turn), 'came in');
  assert.equal(await stateOf(another), 'waits', 'what the first will cost is counted already');
  done();
});

test('lets in by the order in which they came, and gives the deposit back to who is answered', async () => {
  const { room, enter, at, refused, pass, done } = world();
  for (let each = 0; each < 10; each++) refused(at(HOSTILE));
  const turns = [1, 2, 3].map(() => waits(enter(at(HOSTILE))));
  const states = async () => await Promise.all(turns.map(stateOf));
  await pass(175);
  assert.deepEqual(await states(), ['came in', 'waits', 'waits']);
  (await turns[0])?.leave({ refused: true, bytes: 500_000 });
  await pass(75);
  assert.deepEqual(await states(), ['came in', 'waits', 'waits']);
  await pass(50);
  assert.deepEqual(await states(), ['came in', 'came in', 'waits']);
  (await turns[1])?.leave({ refused: false, bytes: 500_000 });
  await pass(25);
  assert.deepEqual([await states(), room.counts().waiting], [['came in', 'came in', 'came in'], 0]);
  done();
});

test('lets a line on which nothing was refused go before those on which something was', async () => {
  const { enter, at, refused, pass, done } = world();
  const hostile = {};
  for (let each = 0; each < 10; each++) refused(at(HOSTILE, hostile));
  const turns = [hostile, hostile, {}, null, hostile].map((line) => waits(enter(at(HOSTILE, line))));
  const states = async () => await Promise.all(turns.map(stateOf));
  await pass(175);
  assert.deepEqual(await states(), ['waits', 'waits', 'came in', 'waits', 'waits']);
  await pass(50);
  assert.deepEqual(await states(), ['waits', 'waits', 'came in', 'came in', 'waits']);
  await pass(50);
  assert.deepEqual(await states(), ['came in', 'waits', 'came in', 'came in', 'waits']);
  done();
});

test('does not have a line wait on which a message was answered, until one on it is refused', () => {
  const { enter, at, refused, done } = world();
  const line = {};
  atOnce(enter(at(HOSTILE, line))).leave({ refused: false, bytes: 5_000 });
  for (let each = 0; each < 20; each++) {
    if (enter(at(HOSTILE)) instanceof Promise) break;
    refused(at(HOSTILE));
  }
  mustWait(enter(at(HOSTILE)));
  mustWait(enter(at(HOSTILE, null)));
  const pass = atOnce(enter(at(HOSTILE, line)));
  pass.leave({ refused: true, bytes: 5_000 });
  mustWait(enter(at(HOSTILE, line)));
  done();
});

test('does not have an address wait of which most messages are answered', () => {
  const { enter, at, refused, done } = world();
  for (let each = 0; each < 1_000; each++) {
    refused(at(HOSTILE), 5_000);
    for (let good = 0; good < 7; good++) atOnce(enter(at(HOSTILE))).leave({ refused: false, bytes: 5_000 });
  }
  done();
});

test('a line that waited is proven by its answer', async () => {
  const { enter, at, refused, pass, done } = world();
  for (let each = 0; each < 10; each++) refused(at(HOSTILE));
  const line = {};
  const turn = waits(enter(at(HOSTILE, line)));
  await pass(175);
  (await turn)?.leave({ refused: false, bytes: 5_000 });
  refused(at(HOSTILE));
  mustWait(enter(at(HOSTILE)));
  atOnce(enter(at(HOSTILE, line)));
  done();
});

test('turns away who waited ten seconds, and forgets who has gone', async () => {
  const { room, enter, at, refused, pass, done } = world();
  for (let each = 0; each < 9; each++) refused(at(HOSTILE));
  refused(at(HOSTILE), 100_000_000);
  let gone = false;
  const turns = [waits(enter(at(HOSTILE))), waits(enter(at(HOSTILE), () => gone)), waits(enter(at(HOSTILE)))];
  await pass(5_000);
  gone = true;
  await pass(4_900);
  assert.deepEqual(await Promise.all(turns.map(stateOf)), ['waits', 'waits', 'waits']);
  await pass(300);
  assert.deepEqual(await Promise.all(turns.map(stateOf)), ['turned away', 'turned away', 'turned away']);
  assert.deepEqual(room.counts(), { waiting: 0, turnedAway: 2 });
  done();
});

test('lets nobody wait once it is closed', async () => {
  const { room, enter, at, refused, done } = world();
  for (let each = 0; each < 10; each++) refused(at(HOSTILE));
  const turn = waits(enter(at(HOSTILE)));
  room.close();
  assert.equal(await turn, null);
  atOnce(enter(at(HOSTILE)));
  done();
});
