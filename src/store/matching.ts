import type { Grant, GrantFor, Subject } from '../exchange/party.ts';
import type { PublicationName, Subscription } from '../exchange/subscription.ts';
import type { RegistrationRow } from './tables/registration.ts';

/** The snapshot's verbs that say who is entitled to what. */
export type Rights = {
  readonly subscriptionsOf: (partyId: number, name: PublicationName) => readonly Subscription[];
  readonly grantFor: GrantFor;
};

/** The part of a registration that says who hears of its subject, in which capacity and about which days. */
export type Line = Pick<RegistrationRow, 'partyId' | 'hoedanigheid' | 'beginDay' | 'endDay'>;

/** What is to be told of, and by whom: its author does not hear of it. */
export type Told = PublicationName & {
  readonly subject: Subject;
  readonly occurredOn: string;
  readonly author: number;
};

/** A subscription that gets a mutation, if its subject belongs to the population; null: whoever it is. */
export type Match = { readonly subscriptionId: number; readonly population: string | null };

/** Exclusive at its end, as grants are. */
export const runs = ({ validFrom, validUntil, stoppedAt }: Subscription, at: Date): boolean =>
  validFrom <= at && (validUntil === null || at < validUntil) && (stoppedAt === null || at < stoppedAt);

const holds = ({ beginDay, endDay }: Line, day: string) =>
  beginDay <= day && (endDay === null || day <= endDay);

/**
 * Who gets what, at one moment: the subscriptions of those who have the subject registered on the day, in the
 * capacity of the registration, that run and whose grant is valid now and reaches to that day.
 */
export const matcher = (rights: Rights, now: Date) => {
  const grants = new Map<number, Grant | null>();
  const grantOf = (subscription: Subscription) => {
    const { id, partyId, uri, hoedanigheid, publication: service, version } = subscription;
    const known = grants.get(id);
    if (known !== undefined) return known;
    const grant = runs(subscription, now)
      ? rights.grantFor({ partyId, uri, hoedanigheid, service, version, at: now })
      : null;
    grants.set(id, grant);
    return grant;
  };

  const matchOf = (subscription: Subscription, line: Line, day: string): Match | null => {
    const { id, hoedanigheid, kind } = subscription;
    if (kind !== 'mutations' || (hoedanigheid !== null && hoedanigheid !== line.hoedanigheid)) return null;
    const grant = grantOf(subscription);
    if (grant === null || !reaches(grant, day)) return null;
    return { subscriptionId: id, population: grant.population };
  };

  return (mutation: Told, lines: readonly Line[]): readonly Match[] => {
    const { author, occurredOn } = mutation;
    const matches = new Map<number, Match>();
    for (const line of lines) {
      if (line.partyId === author || !holds(line, occurredOn)) continue;
      for (const subscription of rights.subscriptionsOf(line.partyId, mutation)) {
        const match = matches.has(subscription.id) ? null : matchOf(subscription, line, occurredOn);
        if (match) matches.set(match.subscriptionId, match);
      }
    }
    return [...matches.values()];
  };
};

const reaches = ({ dataFrom, dataUntil }: Grant, day: string) =>
  (dataFrom === null || dataFrom <= day) && (dataUntil === null || day <= dataUntil);
