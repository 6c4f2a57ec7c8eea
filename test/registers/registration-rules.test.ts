import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Registration, Subject } from '../../src/exchange/party.ts';
import {
  acceptRegistration,
  acceptUnregistration,
  objectionToRegistered,
  objectionToUnregistered,
  type RegistrationRequest,
} from '../../src/registers/registration-rules.ts';

const person: Subject = { kind: 'person', number: '00610100108' };
const enterprise: Subject = { kind: 'enterprise', number: '0200000043' };
const uri = 'http://example.test/huis';
const context = { uri, hoedanigheid: 'maatschappelijk-werk', today: '2026-05-10' };
const period = { begin: '2026-05-01', end: '2026-12-31' };
const request = (changes: Partial<RegistrationRequest> = {}): RegistrationRequest => ({
  ...{ uri, hoedanigheid: 'maatschappelijk-werk', subjects: [person], period, ...changes },
});

const registering = (changes: Partial<RegistrationRequest>) =>
  acceptRegistration(request(changes), context).objection?.code ?? 'accepted';
const unregistering = (changes: Partial<RegistrationRequest>) =>
  acceptUnregistration(request({ period: null, ...changes }), context).objection?.code ?? 'accepted';

for (const [verb, asking] of [
  ['registering', registering],
  ['unregistering', unregistering],
] as const) {
  test(`${verb} is for the sender that the Context names, in its capacity (20005)`, () => {
    assert.equal(asking({}), 'accepted');
    assert.equal(asking({ uri: 'http://example.test/ander' }), '20005');
    assert.equal(asking({ hoedanigheid: 'schuldbemiddeling' }), '20005');
    assert.equal(asking({ hoedanigheid: null }), '20005');
  });

  test(`${verb} is about exactly one subject (40034, 40035)`, () => {
    assert.equal(asking({ subjects: [] }), '40034');
    assert.equal(asking({ subjects: [person, { kind: 'person', number: '00610100207' }] }), '40035');
    assert.equal(asking({ subjects: [person, person] }), '40035');
  });

  test(`${verb} wants numbers whose check digits fit (20002, 20007), each of its own kind`, () => {
    assert.equal(asking({ subjects: [{ kind: 'person', number: '00610100109' }] }), '20002');
    assert.equal(asking({ subjects: [{ kind: 'person', number: enterprise.number }] }), '20002');
    const none = { period: null };
    assert.equal(asking({ ...none, subjects: [{ kind: 'enterprise', number: '0200000044' }] }), '20007');
    assert.equal(asking({ ...none, subjects: [{ kind: 'enterprise', number: person.number }] }), '20007');
    assert.equal(asking({ ...none, subjects: [enterprise] }), 'accepted');
  });

  test(`${verb} an enterprise goes without a period (30034)`, () => {
    assert.equal(asking({ subjects: [enterprise], period }), '30034');
  });

  test(`${verb} wants days of the calendar (20001), the first before the last (20003)`, () => {
    for (const begin of ['2026-02-30', '2026-05-00', '2026-00-00', '2026-5-1', '', '0000']) {
      assert.equal(asking({ period: { begin, end: null } }), '20001', begin);
    }
    assert.equal(asking({ period: { begin: '2026-05-01', end: '2026-02-29' } }), '20001');
    assert.equal(asking({ period: { begin: '2026-05-02', end: '2026-05-01' } }), '20003');
    assert.equal(asking({ period: { begin: '2026-05-01', end: '2026-05-01' } }), 'accepted');
    assert.equal(asking({ period: { begin: '2024-02-29', end: null } }), 'accepted');
  });

  test(`${verb} does not reach back beyond 1900 (20006)`, () => {
    assert.equal(asking({ period: { begin: '1899-12-31', end: null } }), '20006');
    assert.equal(asking({ period: { begin: '1900-01-01', end: null } }), 'accepted');
  });
}

test('a registration has begun today at the latest (20006), and may end whenever', () => {
  assert.equal(registering({ period: { begin: '2026-05-11', end: null } }), '20006');
  assert.equal(registering({ period: { begin: '2026-05-10', end: '2031-05-10' } }), 'accepted');
});

test('a registration of a person has a period (40034) and a first day (20004)', () => {
  assert.equal(registering({ period: null }), '40034');
  assert.equal(registering({ period: { begin: null, end: '2026-05-01' } }), '20004');
});

test('an enterprise is registered from today on', () => {
  const { accepted } = acceptRegistration(request({ subjects: [enterprise], period: null }), context);
  assert.deepEqual(accepted, { subject: enterprise, period: { begin: '2026-05-10', end: null } });
});

test('an unregistration may begin in the future but not end there (20004)', () => {
  assert.equal(unregistering({ period: { begin: '2026-06-01', end: null } }), 'accepted');
  assert.equal(unregistering({ period: { begin: null, end: '2026-05-10' } }), 'accepted');
  assert.equal(unregistering({ period: { begin: null, end: '2026-05-11' } }), '20004');
});

test('an empty period does not mean everything (20004); no period does', () => {
  assert.equal(unregistering({ period: { begin: null, end: null } }), '20004');
  const { accepted } = acceptUnregistration(request({ period: null }), context);
  assert.deepEqual(accepted, { subject: person, period: { begin: null, end: null } });
});

const line: Registration = { partyId: 1, hoedanigheid: 'h', subject: person, begin: '2026-01-01', end: null };

test('a registration that was there already is a warning (40143)', () => {
  const said = objectionToRegistered({ outcome: 'already', line, merged: [] });
  assert.deepEqual([said?.code, said?.type], ['40143', 'WAARSCHUWING']);
  assert.equal(objectionToRegistered({ outcome: 'extended', line, merged: [line] }), null);
});

test('an unregistration that met nothing is an error (40003)', () => {
  const nothing = { removed: [], shortened: [], created: [] };
  assert.equal(objectionToUnregistered(nothing)?.code, '40003');
  assert.equal(objectionToUnregistered({ ...nothing, shortened: [line] }), null);
  assert.equal(objectionToUnregistered({ ...nothing, removed: [line] }), null);
});
