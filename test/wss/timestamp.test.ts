import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOW } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, assertRefused, verify } from './world.ts';

const lived = (from: number, until: number) =>
  m.signed(alice, { timestamp: m.timestamp(m.moment(from), m.moment(until)) });

const edges: readonly [string, number, number, RegExp][] = [
  ['expired more than a minute ago', -361, -61, /^Timestamp has expired/],
  ['that begins more than a minute ahead', 61, 300, /^Timestamp lies in the future/],
  ['that lives longer than ten minutes', 0, 602, /^Timestamp lives longer than 601 s/],
  ['that ends when it begins', 0, 0, /^Timestamp expires before it begins/],
  ['that ends before it begins', 10, 5, /^Timestamp expires before it begins/],
];
for (const [what, from, until, reason] of edges) {
  test(`refuses a Timestamp ${what}`, () => assertRefused(lived(from, until), reason));
}

test('accepts a Timestamp up to each of its limits', () => {
  for (const [from, until] of [
    [-360, -60],
    [60, 300],
    [0, 601],
    [0, 1],
  ] as const)
    assert.equal(verify(lived(from, until)).profile, 'strict');
});

test('judges a Timestamp at the moment the message was received', () => {
  const message = lived(0, 300);
  assert.equal(verify(message, {}, new Date(NOW.getTime() + 360_000)).profile, 'strict');
  assertRefused(message, /has expired/, {}, new Date(NOW.getTime() + 360_001));
});

const written = (content: string) =>
  m.signed(alice, { timestamp: `<wsu:Timestamp wsu:Id="TS">${content}</wsu:Timestamp>` });
const created = `<wsu:Created>${m.moment(0)}</wsu:Created>`;
const expires = `<wsu:Expires>${m.moment(300)}</wsu:Expires>`;

test('refuses a Timestamp that lacks a moment, or has one twice', () => {
  for (const content of [
    created,
    expires,
    '',
    created + expires + expires,
    created + created,
    `${created}${expires}<x/>`,
  ])
    assertRefused(written(content), /^Timestamp does not hold exactly one Created and one Expires/);
});

for (const text of [
  '2026-03-02T10:00:00',
  '2026-03-02T10:00:00+01:00',
  '2026-02-30T10:00:00Z',
  '2026-03-02T10:00:60Z',
  'now',
  '',
]) {
  test(`refuses ${JSON.stringify(text)} as a moment`, () => {
    assertRefused(written(`<wsu:Created>${text}</wsu:Created>${expires}`), /is no moment in UTC/);
  });
}
