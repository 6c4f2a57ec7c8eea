import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { keepStamping } from '../../src/audit/keep-stamping.ts';
import { stampAnchors } from '../../src/audit/stamp-anchors.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { makeAuthority, NOW } from '../support/certificates.ts';
import { stoppedClock } from '../support/clock.ts';
import { eventually } from '../support/eventually.ts';

const trust = createTrust({ authorities: [(await makeAuthority('Stempel CA')).certificate] });
const log = () => {
  const told: string[] = [];
  const tell = (level: string) => (about: object, text: string) =>
    void told.push(`${level} ${text} ${'again' in about ? about.again : ''}`.trim());
  return { told, info: tell('info'), warn: tell('warn') };
};
const until = (holds: () => boolean) => eventually('it never comes about', holds, 2);

test('keeps nothing of an authority that answers with something else, and asks no further', async () => {
  const anchors = Array.from({ length: 12 }, (_, index) => ({ number: 12 - index, digest: 'ab'.repeat(32) }));
  let [asked, kept] = [0, 0];
  const needs = {
    unstampedAnchors: async () => anchors,
    keepTimestamp: async () => {
      kept += 1;
      return true;
    },
    ask: async () => {
      asked += 1;
      return Buffer.from('<html>');
    },
    newNonce: () => Buffer.from('01', 'hex'),
    ...{ trust, policy: null, clock: stoppedClock(NOW) },
  };
  await assert.rejects(stampAnchors(needs, () => {}, new AbortController().signal));
  assert.deepEqual([asked, kept], [1, 0]);
});

test('looks again less often while it fails, tells so, and as often as before once it goes', async () => {
  const book = log();
  let fails = true;
  let looks = 0;
  const stamping = keepStamping({
    stamp: async (stamped) => {
      looks += 1;
      if (fails) throw new Error('nobody answers');
      stamped({ number: looks, at: NOW, policy: '1.2.3' });
    },
    ...{ pace: { every: 10, most: 40 }, log: book },
  });
  await until(() => looks >= 4);
  fails = false;
  await until(() => book.told.some((line) => line.startsWith('info')));
  const warned = book.told.filter((line) => line.startsWith('warn')).map((line) => line.split(' ').at(-1));
  assert.deepEqual(warned.slice(0, 4), ['20', '40', '40', '40']);
  await stamping.close();
  const after = looks;
  stamping.soon();
  await pause(60);
  assert.equal(looks, after, 'nothing is looked at behind its end');
});

test('is let go of while the authority keeps it waiting, without a word', async () => {
  const book = log();
  const stamping = keepStamping({
    stamp: (_, signal) =>
      new Promise((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason))),
    ...{ pace: { every: 10, most: 40 }, log: book },
  });
  stamping.soon();
  await stamping.close();
  assert.deepEqual(book.told, []);
});
