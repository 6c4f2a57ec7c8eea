import { randomUUID } from 'node:crypto';
import type { ExchangeRecord } from '../../src/exchange/audit.ts';
import type { Grant } from '../../src/exchange/party.ts';
import { unlimited } from '../../src/exchange/party.ts';
import type { NewParty } from '../../src/store/configuration.ts';

/** An exchange with something in every field. */
export const answered = (changes: Partial<ExchangeRecord> = {}): ExchangeRecord => ({
  id: randomUUID(),
  receivedAt: new Date('2026-03-01T10:20:30.456Z'),
  duration: 12.75,
  remoteAddress: '192.0.2.7',
  service: 'GeefPersoon',
  version: '02.00',
  certificate: { subject: 'CN=Sociaal Huis é,O=Stad', fingerprint: 'ab'.repeat(32) },
  party: 'Sociaal Huis',
  uri: 'http://example.test/huis',
  hoedanigheid: 'maatschappelijk-werk',
  endUser: '00610100136',
  reference: 'ref-1',
  subjects: [
    { kind: 'person', number: '00610100136' },
    { kind: 'enterprise', number: '0200000097' },
  ],
  grantId: 7,
  legalBasis: 'Decreet artikel 3',
  stages: [
    { stage: 'parse', ms: 0.5 },
    { stage: 'verify', ms: 1.25 },
  ],
  outcome: 'answered',
  level: null,
  code: null,
  reason: null,
  sources: [{ source: 'register', ms: 8, outcome: 'answered' }],
  filtered: ['Persoon/Adres'],
  digestIn: '01'.repeat(32),
  digestOut: '02'.repeat(32),
  ...changes,
});

/** A message that was refused before anything was known of its sender. */
export const refused = (changes: Partial<ExchangeRecord> = {}): ExchangeRecord =>
  answered({
    ...{ service: null, version: null, certificate: null, party: null, uri: null, hoedanigheid: null },
    ...{ endUser: null, reference: null, subjects: [], grantId: null, legalBasis: null, stages: [] },
    ...{ outcome: 'refused', level: 1, code: '30001', reason: 'not well-formed', sources: [], filtered: [] },
    ...changes,
  });

/** Whose hand changes what a test changes. */
export const HAND = { who: 'an', at: new Date('2026-03-02T10:00:00.000Z') };

export const newParty = (changes: Partial<NewParty> = {}): NewParty => ({
  name: 'Sociaal Huis',
  cbeNumber: '0200000097',
  profile: 'strict',
  profileUntil: null,
  identities: [
    { uri: 'http://example.test/huis', hoedanigheid: null },
    { uri: 'http://example.test/huis', hoedanigheid: 'maatschappelijk-werk' },
  ],
  certificates: [`CN=${randomUUID()}`],
  ...changes,
});

export const newGrant = (partyId: number, changes: Partial<Grant> = {}): Omit<Grant, 'id'> => ({
  partyId,
  uri: 'http://example.test/huis',
  hoedanigheid: null,
  service: 'GeefPersoon',
  version: '02.00',
  legalBasis: 'Decreet artikel 3',
  validFrom: new Date('2026-01-01T00:00:00.000Z'),
  validUntil: new Date('2027-01-01T00:00:00.000Z'),
  visible: ['Persoon/Naam'],
  ...unlimited,
  ...changes,
});
