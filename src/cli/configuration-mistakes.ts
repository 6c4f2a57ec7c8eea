import { overlaps } from '../exchange/days.ts';
import type { Service } from '../exchange/service.ts';
import { codeMistakes } from './code-mistakes.ts';
import {
  type ConfigurationImage,
  type Desk,
  type Edit,
  grantLabel,
  identityText,
  type PartyImage,
  type RegistrationImage,
  registrationLabel,
  type SubscriptionImage,
  subscriptionLabel,
} from './configuration-image.ts';
import { grantMistakes } from './grant-mistakes.ts';
import { rightMistake, subscriptionMistakes } from './subscription-mistakes.ts';

/** What is wrong with one thing. `at` leads to it: section, position, key. */
export type Mistake = {
  readonly at: readonly [keyof ConfigurationImage | 'services', ...(string | number)[]];
  readonly name: string;
  readonly message: string;
};

/** What grants may be for, and what services need. */
type Contracts = Pick<Desk, 'services' | 'publications' | 'clock' | 'scheduleProblem' | 'canBeEncryptedTo'>;

/** Tells one mistake from another, in whichever database or file: numbers differ there. */
export const mistakeKey = ({ name, message }: Mistake) =>
  `${name.replace(/^(grant|subscription|registration) (\d+|\(new\))/, '$1')}: ${message}`;

/** Everything that is wrong with a configuration as a whole. `excused` parties are known to be wrong in themselves. */
export function mistakesIn(
  image: ConfigurationImage,
  contracts: Contracts,
  excused: ReadonlySet<string> = new Set(),
): readonly Mistake[] {
  const { services } = contracts;
  const parties = new Map(image.parties.map((party) => [party.name, party]));
  return [
    ...partyMistakes(image.parties),
    ...image.grants.flatMap((grant, position) =>
      grantMistakes(grant, { ...contracts, parties, excused }).map(
        ([key, message]): Mistake => ({
          at: ['grants', position, ...key],
          name: grantLabel(grant),
          message,
        }),
      ),
    ),
    ...twice('sources', image.sources),
    ...sourceMistakes(image, services),
    ...codeMistakes(image, services),
    ...image.subscriptions.flatMap((each, position) =>
      [
        ...subscriptionMistakes(each, { ...contracts, parties, excused }),
        ...scheduleMistakes(each, contracts),
      ].map(
        ([key, message]): Mistake => ({
          at: ['subscriptions', position, ...key],
          name: subscriptionLabel(each),
          message,
        }),
      ),
    ),
    ...registrationMistakes(image.registrations, parties, excused),
  ];
}

function scheduleMistakes(subscription: SubscriptionImage, { scheduleProblem, clock }: Contracts) {
  const problem = scheduleProblem(subscription, clock.now());
  return problem === null ? [] : [[['schedule'], problem] as const];
}

/** Subscriptions among the edits that nothing gives a right to today. */
export function rightMistakes(
  image: ConfigurationImage,
  edits: readonly Edit[],
  now: Date,
): readonly Mistake[] {
  return edits.flatMap((edit): Mistake[] => {
    if (edit.kind !== 'subscription' || edit.after === null) return [];
    const { id, after } = edit;
    const message = rightMistake(after, image, now);
    const position = image.subscriptions.findIndex(
      ({ id: _, ...each }) => JSON.stringify(each) === JSON.stringify(after),
    );
    if (message === null) return [];
    return [{ at: ['subscriptions', position], name: subscriptionLabel({ ...after, id }), message }];
  });
}

/** What a change would make wrong; what was wrong before does not stand in its way. */
export function newMistakes(
  before: ConfigurationImage,
  after: ConfigurationImage,
  contracts: Contracts,
): readonly Mistake[] {
  const old = new Set(mistakesIn(before, contracts).map(mistakeKey));
  return mistakesIn(after, contracts).filter((mistake) => !old.has(mistakeKey(mistake)));
}

function twice(section: 'parties' | 'sources', things: readonly { readonly name: string }[]): Mistake[] {
  return things.flatMap(({ name }, position) =>
    things.findIndex((other) => other.name === name) < position
      ? [
          {
            at: [section, position, 'name'],
            name: `${section === 'parties' ? 'party' : 'source'} ${name}`,
            message: 'the name is there twice',
          },
        ]
      : [],
  );
}

function partyMistakes(parties: readonly PartyImage[]): Mistake[] {
  const found: Mistake[] = twice('parties', parties);
  const owners = new Map<string, string>();
  parties.forEach((party, position) => {
    const say = (key: readonly (string | number)[], message: string) =>
      found.push({ at: ['parties', position, ...key], name: `party ${party.name}`, message });
    if (party.profile === 'strict' && party.profileUntil !== null)
      say(['profile-until'], 'profile strict has no end date');
    if (party.profile !== 'strict' && party.profileUntil === null)
      say(['profile'], `profile ${party.profile} needs an end date (profile-until)`);
    const identities = party.identities.map(identityText);
    identities.forEach((identity, index) => {
      if (identities.indexOf(identity) < index)
        say(['identities', index], `identity ${identity} is there twice`);
    });
    party.networks.forEach((network, index) => {
      if (party.networks.indexOf(network) < index)
        say(['networks', index], `network ${network} is there twice`);
    });
    party.certificates.forEach((subject, index) => {
      const owner = owners.get(subject);
      if (owner !== undefined) say(['certificates', index], `certificate "${subject}" is ${owner}'s already`);
      else owners.set(subject, party.name);
    });
  });
  return found;
}

function sourceMistakes({ sources }: ConfigurationImage, services: readonly Service[]): Mistake[] {
  const names = new Set(sources.map(({ name }) => name));
  return services.flatMap(({ rules }) =>
    (rules.sources?.options ?? [])
      .filter(({ source }) => !names.has(source))
      .map(({ source }): Mistake => {
        const name = `${rules.name} ${rules.version}`;
        return { at: ['services'], name, message: `asks the source ${source}, which is not there` };
      }),
  );
}

function registrationMistakes(
  registrations: ConfigurationImage['registrations'],
  parties: ReadonlyMap<string, PartyImage>,
  excused: ReadonlySet<string>,
): Mistake[] {
  const found: Mistake[] = [];
  const lines = new Map<string, RegistrationImage[]>();
  registrations.forEach((line, position) => {
    const say = (key: string, message: string) =>
      found.push({ at: ['registrations', position, key], name: registrationLabel(line), message });
    const { party, hoedanigheid, subject, begin, end } = line;
    const identities = parties.get(party)?.identities;
    if (identities && !identities.some((identity) => identity.hoedanigheid === hoedanigheid))
      say('hoedanigheid', `${party} has no identity with hoedanigheid ${hoedanigheid}`);
    if (!identities && !excused.has(party)) say('party', `there is no party ${party}`);
    if (end !== null && end < begin) say('end', 'it ends before it begins');
    const key = JSON.stringify([party, hoedanigheid, subject.kind, subject.number]);
    const others = lines.get(key) ?? [];
    const overlapping = others.find((other) => overlaps(other, line));
    if (overlapping)
      say('begin', `it overlaps the registration from ${overlapping.begin} to ${overlapping.end ?? 'open'}`);
    lines.set(key, [...others, line]);
  });
  return found;
}
