import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import type { Ask } from '../../src/exchange/source.ts';
import { slidingWindows } from '../../src/queue/sliding-windows.ts';
import { paced } from '../../src/sources/paced.ts';
import { source } from '../support/parts-in-memory.ts';

const reachable = { ...source, url: 'http://192.0.2.1/' };
// Nothing of these is looked at on the way.
const [option, enquiry] = [{}, {}] as unknown as [Parameters<Ask>[1], Parameters<Ask>[2]];

function counted(rate: number) {
  const { take } = slidingWindows();
  const moments: number[] = [];
  const takeTurn = async (...turn: Parameters<typeof take>) => take(...turn);
  const ask = paced({ takeTurn, clock: systemClock, rate })(async () => {
    moments.push(performance.now());
    throw new Refusal('99996', 'asked');
  });
  return { ask, moments };
}

test('a source is asked no faster than it bears, evenly, and each source by itself', async () => {
  const { ask, moments } = counted(50);
  const { signal } = new AbortController();
  const began = performance.now();
  const other = { ...reachable, name: 'ander' };
  await Promise.allSettled([
    ...Array.from({ length: 15 }, () => ask(reachable, option, enquiry, signal)),
    ask(other, option, enquiry, signal),
  ]);
  assert.equal(moments.length, 16);
  // Five each tenth of a second: the third handful comes after two of these.
  assert.ok((moments.at(-1) ?? 0) - began >= 190, 'too fast');
  assert.equal(moments.filter((at) => at - began < 90).length, 6);
});

test('whoever is told to give up while waiting does not ask', async () => {
  const { ask, moments } = counted(1);
  const stop = new AbortController();
  await assert.rejects(ask(reachable, option, enquiry, stop.signal), { code: '99996' });
  const waiting = ask(reachable, option, enquiry, stop.signal);
  stop.abort();
  await assert.rejects(waiting, { code: '60009' });
  assert.equal(moments.length, 1);
});
