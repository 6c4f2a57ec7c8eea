import { kindOf, type Publication } from '../exchange/publication.ts';
import {
  type ConfigurationImage,
  type GrantImage,
  identityText,
  type Numbered,
  type PartyImage,
  type SubscriptionImage,
} from './configuration-image.ts';
import { payloadMistakes } from './grant-paths.ts';

type Around = {
  readonly parties: ReadonlyMap<string, PartyImage>;
  readonly publications: readonly Publication[];
  readonly excused: ReadonlySet<string>;
};
type Said = readonly [key: readonly (string | number)[], message: string];

/** What is wrong with a subscription whatever the day, each with the key that leads to it. */
export function subscriptionMistakes(subscription: Numbered<SubscriptionImage>, around: Around): Said[] {
  const { parties, publications, excused } = around;
  const { validFrom, validUntil } = subscription;
  const found: Said[] = [];
  const party = parties.get(subscription.party);
  if (party) found.push(...identityMistakes(subscription, party));
  else if (!excused.has(subscription.party))
    found.push([['party'], `there is no party ${subscription.party}`]);
  if (validUntil !== null && validUntil <= validFrom) found.push([['until'], 'it ends before it begins']);
  return [...found, ...publicationMistakes(subscription, publications)];
}

function publicationMistakes(subscription: SubscriptionImage, publications: readonly Publication[]): Said[] {
  const { publication, version, kind, channel, format, filter } = subscription;
  const named = publications.filter(({ name }) => name === publication);
  const contract = named.find((each) => each.version === version);
  if (!contract) {
    const versions = named.map((each) => each.version).join(', ');
    const names = [...new Set(publications.map(({ name }) => name))].join(', ') || 'none';
    return named.length > 0
      ? [[['version'], `${publication} has no version ${version}; there is ${versions}`]]
      : [[['publication'], `there is no publication ${publication} (publication.yaml); there is ${names}`]];
  }
  const found: Said[] = [];
  const offered = kindOf(contract);
  if (kind !== offered)
    found.push([['kind'], `${publication} ${version} is a publication of kind ${offered}, not ${kind}`]);
  if (channel === 'pull' && offered === 'snapshot')
    found.push([['channel'], `snapshots such as ${publication} are laid down as files: take files`]);
  if (format === 'csv' && contract.columns === null)
    found.push([['format'], `there is no CSV of ${publication} ${version}: take xml`]);
  filter.forEach((path, index) => {
    for (const text of payloadMistakes(contract, [path])) {
      if (!text.includes(' is not shown: ')) found.push([['filter', index], text]);
    }
  });
  return found;
}

function identityMistakes(
  { uri, hoedanigheid }: SubscriptionImage,
  { name, identities }: PartyImage,
): Said[] {
  const list = identities.map(identityText).join(', ') || 'none';
  const may = identities.some(
    (identity) => identity.uri === uri && (hoedanigheid === null || identity.hoedanigheid === hoedanigheid),
  );
  const claim = identityText({ uri, hoedanigheid });
  return may ? [] : [[['uri'], `${name} may not speak as ${claim}; its identities are ${list}`]];
}

/** Whether it runs, or will: what has ended harms nobody. */
const matters = ({ stoppedAt, validUntil }: SubscriptionImage, now: Date) =>
  stoppedAt === null && (validUntil === null || validUntil > now);

const isFor = (grant: GrantImage, subscription: SubscriptionImage, now: Date) =>
  grant.party === subscription.party &&
  grant.uri === subscription.uri &&
  (grant.hoedanigheid === null || grant.hoedanigheid === subscription.hoedanigheid) &&
  grant.service === subscription.publication &&
  grant.version === subscription.version &&
  grant.validFrom <= now &&
  (grant.validUntil === null || now < grant.validUntil);

/**
 * That nothing gives a right to what a subscription asks for. It is held against those that come or change only: a
 * grant that ends must never be in the way of anything else, its subscriptions wait.
 */
export function rightMistake(
  subscription: SubscriptionImage,
  { grants }: ConfigurationImage,
  now: Date,
): string | null {
  if (!matters(subscription, now) || grants.some((grant) => isFor(grant, subscription, now))) return null;
  const { party, publication, version } = subscription;
  return (
    `${party} has no grant that is valid today for ${publication} ${version} as ${identityText(subscription)}: ` +
    'add one first (kruispunt grant add)'
  );
}
