import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNarrower } from '../../src/exchange/narrower-grant.ts';
import { unlimited } from '../../src/exchange/party.ts';

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const before = {
  ...{ party: 'Stad', uri: 'stad.example', hoedanigheid: null, service: 'GeefPersoon', version: '02.02' },
  ...{ legalBasis: 'Decreet A', validFrom: day('2026-01-01'), validUntil: day('2027-01-01') },
  ...unlimited,
  ...{ visible: ['Persoon/Naam/**', 'Persoon/INSZ'], writable: ['Naam/**'] },
  ...{ dataFrom: '2020-01-01', dataUntil: '2025-12-31' },
  controls: { ...unlimited.controls, throttle: { max: 10, within: 1_000 } },
};
type Terms = Parameters<typeof isNarrower>[0];
const controls = (changes: Partial<Terms['controls']>) => ({ controls: { ...before.controls, ...changes } });

const less: Readonly<Record<string, Partial<Terms>>> = {
  nothing: {},
  'one capacity of all': { hoedanigheid: '6001' },
  'a later beginning': { validFrom: day('2026-02-01') },
  'an earlier end': { validUntil: day('2026-12-31') },
  'fewer paths': { visible: ['Persoon/INSZ'] },
  'a part of what is below a path': { visible: ['Persoon/Naam/Achternaam', 'Persoon/Naam'] },
  'no path': { visible: [], writable: [] },
  'a population': { population: 'jeugd' },
  'fewer days': { dataFrom: '2021-01-01', dataUntil: '2024-12-31' },
  'answers that are encrypted': { encrypted: true },
  'a control that is on': controls({ registration: true, population: true }),
  'a period that is refused': controls({ period: 'refuse' }),
};
const more: Readonly<Record<string, Partial<Terms>>> = {
  'another party': { party: 'Dorp' },
  'another name': { uri: 'dorp.example' },
  'another service': { service: 'GeefOnderneming' },
  'another version': { version: '02.00' },
  'another legal basis': { legalBasis: 'Decreet B' },
  'an earlier beginning': { validFrom: day('2025-12-31') },
  'a later end': { validUntil: day('2027-01-02') },
  'no end': { validUntil: null },
  'another path': { visible: [...before.visible, 'Persoon/Adres'] },
  'a path that begins alike': { visible: ['Persoon/NaamEnVoornaam'] },
  'all below what was shown alone': { visible: ['Persoon/INSZ/**'] },
  everything: { visible: ['**'] },
  'something else to write': { writable: ['Adres'] },
  'an earlier first day': { dataFrom: '2019-12-31' },
  'no first day': { dataFrom: null },
  'a later last day': { dataUntil: '2026-01-01' },
  'no last day': { dataUntil: null },
  'a control that is off': controls({ registration: false }),
  'another control that is off': controls({ population: false }),
  'a period that is clipped': controls({ period: 'clip' }),
  'no period': controls({ period: 'off' }),
  'a throttle that is off': controls({ throttle: 'off' }),
  'another throttle': controls({ throttle: { max: 9, within: 1_000 } }),
  'less of one thing and more of another': { visible: ['Persoon/INSZ'], validUntil: null },
};

for (const [name, change] of Object.entries(less))
  test(`a grant lets its party do no more with ${name}`, () =>
    assert.equal(isNarrower(before, { ...before, ...change }), true));

for (const [name, change] of Object.entries(more))
  test(`a grant lets its party do more with ${name}`, () =>
    assert.equal(isNarrower(before, { ...before, ...change }), false));

test('what a narrowed grant had is more', () => {
  for (const [name, change] of Object.entries(less)) {
    if (name === 'nothing') continue;
    assert.equal(isNarrower({ ...before, ...change }, before), false, name);
  }
  const [jeugd, other] = ['jeugd', 'senioren'].map((population) => ({ ...before, population }));
  assert.equal(isNarrower(jeugd ?? before, other ?? before), false);
  const [one, two] = ['6001', '6002'].map((hoedanigheid) => ({ ...before, hoedanigheid }));
  assert.equal(isNarrower(one ?? before, two ?? before), false);
});

test('a field that is not known is no less when it changes', () => {
  const known: Terms = { ...before, ...{ encrypted: true } };
  assert.equal(isNarrower(known, before), false);
  assert.equal(isNarrower(known, known), true);
});

test('a grant lets its party do more when its answers go in the clear that were encrypted', () =>
  assert.equal(isNarrower({ ...before, encrypted: true }, before), false));
