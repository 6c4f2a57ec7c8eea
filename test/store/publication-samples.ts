import { randomUUID } from 'node:crypto';
import type { Delivered, Freeze, NewMutation, Subscription } from '../../src/exchange/subscription.ts';
import type { Store } from '../../src/store/connection.ts';
import { newGrant, newParty } from './samples.ts';

export const publication = 'PubliceerMutatiePersoon';
export const version = '02.02';
const uri = 'http://example.test/huis';
export const work = 'maatschappelijk-werk';

export const newSubscription = (
  partyId: number,
  changes: Partial<Subscription> = {},
): Omit<Subscription, 'id'> => ({
  ...{ partyId, uri, hoedanigheid: work, publication, version, kind: 'mutations' },
  ...{ schedule: '0 3 * * *', timeZone: 'Europe/Brussels', format: 'xml', filter: [] },
  ...{ legalBasis: 'Decreet artikel 3', channel: 'files', emptyFiles: false, retentionDays: 30 },
  ...{ validFrom: new Date('2026-01-01T00:00:00.000Z'), validUntil: null, stoppedAt: null },
  ...changes,
});

export const newMutation = (number: string, changes: Partial<NewMutation> = {}): NewMutation => ({
  ...{ publication, version, reference: randomUUID(), subject: { kind: 'person', number } },
  ...{ occurredOn: '2026-05-09', type: '02', content: `<Persoon><INSZ>${number}</INSZ></Persoon>` },
  ...changes,
});

export const freeze: Freeze = ({ partyId, kind }, cutOff) => ({
  ...{ voucherId: randomUUID(), visible: ['**'], grantId: partyId, legalBasis: 'Decreet artikel 3' },
  snapshot:
    kind === 'snapshot'
      ? {
          service: 'GeefPersoon',
          version,
          question: { Bron: 'RR' },
          kind: 'person',
          day: '2026-05-10',
          population: null,
        }
      : null,
  nameAt: (moment) => `persoon.${moment.toISOString()}.${cutOff.getUTCDay()}.xml`,
});

/** A party with a grant and a subscription, that has these subjects registered. */
export const newSubscriber = async (
  store: Store,
  numbers: readonly string[],
  changes: Partial<Subscription> = {},
): Promise<Subscription> => {
  const { id: partyId } = await store.addParty(newParty());
  await store.addGrant(newGrant(partyId, { service: publication, version, visible: ['**'] }));
  for (const number of numbers) {
    await store.addRegistration({
      ...{ partyId, hoedanigheid: work, subject: { kind: 'person', number } },
      ...{ begin: '2026-01-01', end: null },
    });
  }
  return store.addSubscription(newSubscription(partyId, changes), 'an.peeters');
};

export const recordsIn = async (store: Store, fileId: number | null) => {
  if (fileId === null) throw new Error('there is no file');
  const records: Delivered[] = [];
  for await (const record of store.recordsOf(fileId)) records.push(record);
  return records;
};
