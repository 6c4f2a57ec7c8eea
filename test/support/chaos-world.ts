import { randomUUID } from 'node:crypto';
import type { NewMutation } from '../../src/exchange/subscription.ts';
import type { Store } from '../../src/store/connection.ts';
import type { random } from '../publication/random.ts';
import { inszOf, record } from '../publication/records.ts';
import { newMutation, newSubscription, publication, version, work } from '../store/publication-samples.ts';
import { newGrant, newParty } from '../store/samples.ts';

/** Someone with a subscription, and what the law and its register say that it is to hear of. */
export type Subscriber = {
  readonly id: number;
  readonly partyId: number;
  readonly entitled: boolean;
  readonly subjects: ReadonlySet<string>;
  readonly hidesBirth: boolean;
  /** Fetches its files while they come, so that they may be taken away afterwards. */
  readonly collects: boolean;
};

export type ChaosWorld = { readonly author: number; readonly subscribers: readonly Subscriber[] };

type Size = { readonly subscribers: number; readonly subjects: number; readonly share: number };

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/**
 * Subscribers with a share of all subjects each. One in ten has no right to what it subscribed to (any more), every
 * other one is not shown dates of birth, and the source itself, which subscribed too, hears of nothing that it told.
 */
export async function fillWorld(
  store: Store,
  { subscribers, subjects, share }: Size,
  { chance }: Pick<ReturnType<typeof random>, 'chance'>,
): Promise<ChaosWorld> {
  const people = Array.from({ length: subjects }, (_, index) => inszOf(index));
  const all: Subscriber[] = [];
  for (let index = 0; index < subscribers; index++) {
    const mine = people.filter(() => chance(share));
    all.push(
      await subscribe(store, mine, {
        entitled: index % 10 !== 9,
        hidesBirth: index % 2 === 0,
        collects: index % 3 === 0,
      }),
    );
  }
  const source = await subscribe(store, people, { entitled: true, hidesBirth: false, collects: false });
  return { author: source.partyId, subscribers: [...all, { ...source, entitled: false }] };
}

async function subscribe(
  store: Store,
  subjects: readonly string[],
  { entitled, hidesBirth, collects }: Pick<Subscriber, 'entitled' | 'hidesBirth' | 'collects'>,
): Promise<Subscriber> {
  const { id: partyId } = await store.addParty(newParty());
  const visible = hidesBirth ? ['INSZ', 'Naam/**'] : ['**'];
  const validUntil = entitled ? null : new Date(Date.now() - 86_400_000);
  await store.addGrant(newGrant(partyId, { service: publication, version, visible, validUntil }));
  for (const number of subjects)
    await store.addRegistration({
      ...{ partyId, hoedanigheid: work, subject: { kind: 'person', number } },
      ...{ begin: '2026-01-01', end: null },
    });
  // A moment that does not come by itself during the run: batches are closed when the run says so.
  const given = newSubscription(partyId, { schedule: '0 0 1 1 *', validFrom: LONG_AGO });
  const { id } = await store.addSubscription(given, 'chaos');
  return { id, partyId, entitled, subjects: new Set(subjects), hidesBirth, collects };
}

/** What a source tells of somebody, for the first time. */
export function tell(index: number): NewMutation {
  const { content } = record(index);
  return newMutation(inszOf(index), { content, reference: randomUUID(), occurredOn: '2026-02-27' });
}
