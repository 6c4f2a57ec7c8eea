import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadPublications } from '../../src/contract/load-publications.ts';
import { loadServices } from '../../src/contract/load-services.ts';
import { WRITES_ALL } from '../../src/exchange/party.ts';
import type { Service } from '../../src/exchange/service.ts';
import type { NewMutation, Subscription } from '../../src/exchange/subscription.ts';
import type { Parts } from '../../src/journey.ts';
import { publicationServices } from '../../src/publication/publication-services.ts';
import { routes } from '../../src/stages/routes.ts';
import { scheduleProblem } from '../../src/store/schedule.ts';
import { grant, party, wording } from './message.ts';
import { afnemer, partsInMemory } from './parts-in-memory.ts';
import { signed } from './signed-message.ts';

/** The services around publications in a journey: their own contracts, and what they leave behind in arrays. */

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const { services } = loadServices([folder('wsdl/publicatie')], [folder('xsd')]);
const { publications } = loadPublications([folder('wsdl/publicatie')], [folder('xsd')], () => null);

export type Asked = { readonly service: string; readonly version: string; readonly inhoud: string };

export const serviceOf = (name: string, version: string): Service => {
  const found = services.find(({ rules }) => rules.name === name && rules.version === version);
  if (!found) throw new Error(`no service ${name} ${version}`);
  return found;
};

/** A signed question to one of the services. */
export function publicationQuestion({ service, version, inhoud }: Asked): string {
  const request = serviceOf(service, version).contract.operations[0]?.request;
  if (!request) throw new Error(`${service} has no operation`);
  const body =
    `<r:${service} xmlns:r="${request.namespace}"><Verzoek><Context><Naam>${service}</Naam>` +
    `<Versie>${version}.0000</Versie><Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-03-02</Datum>` +
    `<Tijd>11:00:00.000</Tijd></Tijdstip><Afzender><Identificatie>${wording.uri}</Identificatie>` +
    `<Referte>${randomUUID()}</Referte><Hoedanigheid>6001</Hoedanigheid></Afzender></Bericht></Context><Vragen>` +
    `<Vraag><Referte>vraag-1</Referte><Inhoud>${inhoud}</Inhoud></Vraag></Vragen></Verzoek></r:${service}>`;
  return signed(afnemer, { body });
}

type Needs = Parameters<typeof publicationServices>[0];

/** `granted`: whether the party may have the publication; `needs`: what fails or differs. */
export function publicationWorld(granted = true, needs: Partial<Needs> = {}) {
  const mutations = new Map<string, NewMutation>();
  const subscriptions: Subscription[] = [];
  const compute = publicationServices({
    publications,
    speaker: 'bus.example',
    scheduleProblem,
    randomId: randomUUID,
    pull: async ({ receipt }) => (receipt === null ? 'nothing' : 'wrong receipt'),
    acceptMutations: async (batch, author) => {
      const keyOf = ({ reference }: NewMutation) => `${author} ${reference}`;
      const reused = batch.filter((each) => {
        const had = mutations.get(keyOf(each));
        return had !== undefined && JSON.stringify(had) !== JSON.stringify(each);
      });
      if (reused.length > 0)
        throw Object.assign(new Error('reused'), {
          ...{ name: 'ReferenceReused', references: reused.map(({ reference }) => reference) },
        });
      const fresh = batch.filter((each) => !mutations.has(keyOf(each)));
      for (const each of fresh) mutations.set(keyOf(each), each);
      return { accepted: fresh.length, duplicates: batch.length - fresh.length };
    },
    subscriptions: () => subscriptions,
    addSubscription: async (subscription) => {
      if (subscriptions.some(({ stoppedAt, kind }) => stoppedAt === null && kind === subscription.kind))
        throw Object.assign(new Error('the same'), { name: 'ChangeRefused' });
      const made = { ...subscription, id: subscriptions.length + 1 };
      subscriptions.push(made);
      return made;
    },
    stopSubscription: async (id, at) => {
      const found = subscriptions.find((each) => each.id === id);
      const stopped = found && { ...found, stoppedAt: found.stoppedAt ?? at };
      if (stopped) subscriptions.splice(id - 1, 1, stopped);
      return stopped ?? null;
    },
    grantFor: () => (granted ? grant : null),
    ...needs,
  });
  const changes: Partial<Parts> = {
    ...routes(services),
    partyOf: () => party,
    grantFor: ({ partyId, uri, service, version }) => ({
      ...{ ...grant, partyId, uri, service, version, visible: ['**'], writable: [WRITES_ALL] },
    }),
    compute,
  };
  return { ...partsInMemory(undefined, changes), mutations, subscriptions };
}

export type World = ReturnType<typeof publicationWorld>;
