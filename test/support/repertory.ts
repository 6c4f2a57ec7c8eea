import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadServices } from '../../src/contract/load-services.ts';
import { overlaps } from '../../src/exchange/days.ts';
import { type Party, type Registration, WRITES_ALL } from '../../src/exchange/party.ts';
import type { Service } from '../../src/exchange/service.ts';
import type { Parts } from '../../src/journey.ts';
import { repertoryServices } from '../../src/registers/repertory-services.ts';
import { routes } from '../../src/stages/routes.ts';
import { grant, party, wording } from './message.ts';
import { afnemer, partsInMemory, stranger } from './parts-in-memory.ts';
import { signed } from './signed-message.ts';

/** The registration repertory in a journey: its own contracts, two parties, and lines in an array. */

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const { services } = loadServices([folder('wsdl/repertorium')], [folder('xsd')]);

export const serviceOf = (name: string, version: string): Service => {
  const found = services.find(({ rules }) => rules.name === name && rules.version === version);
  if (!found) throw new Error(`no service ${name} ${version}`);
  return found;
};

/** Another party, which signs as `stranger`, in the same capacity. */
export const neighbour: Party = {
  ...party,
  id: 8,
  name: 'Gemeente Elders',
  identities: [{ uri: 'elders.example/burgerzaken', hoedanigheid: '6001' }],
};

export type Asked = {
  readonly service: string;
  readonly version: string;
  readonly uri: string;
  /** null: the Context names none. */
  readonly hoedanigheid: string | null;
  /** What stands in Vraag/Inhoud. */
  readonly inhoud: string;
};

/** A signed question to a service of the repertory. */
export function repertoryQuestion(asked: Partial<Asked> & Pick<Asked, 'inhoud'>, by = afnemer): string {
  const { service, version, uri, hoedanigheid, inhoud } = {
    ...{ service: 'RegistreerInschrijving', version: '02.01', uri: wording.uri, hoedanigheid: '6001' },
    ...asked,
  };
  const request = serviceOf(service, version).contract.operations[0]?.request;
  if (!request) throw new Error(`${service} has no operation`);
  const capacity = hoedanigheid === null ? '' : `<Hoedanigheid>${hoedanigheid}</Hoedanigheid>`;
  const body =
    `<r:${service} xmlns:r="${request.namespace}"><Verzoek><Context><Naam>${service}</Naam>` +
    `<Versie>${version}.0000</Versie><Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-03-02</Datum>` +
    `<Tijd>11:00:00.000</Tijd></Tijdstip><Afzender><Identificatie>${uri}</Identificatie>` +
    `<Referte>${randomUUID()}</Referte>${capacity}</Afzender></Bericht></Context><Vragen><Vraag>` +
    `<Referte>vraag-1</Referte><Inhoud>${inhoud}</Inhoud></Vraag></Vragen></Verzoek></r:${service}>`;
  return signed(by, { body });
}

type Needs = Parameters<typeof repertoryServices>[0];

const keyOf = ({ partyId, hoedanigheid, subject }: Omit<Registration, 'begin' | 'end'>) =>
  [partyId, hoedanigheid, subject.kind, subject.number].join(' ');

/** A journey through the repertory's services, and the lines that they leave behind. */
export function repertoryWorld(given: readonly Registration[] = [], needs: Partial<Needs> = {}) {
  let lines = given;
  const compute = repertoryServices({
    rewriteRegistrations: async (key, rewrite) => {
      const { remove, add, result } = rewrite(lines.filter((line) => keyOf(line) === keyOf(key)));
      lines = [...lines.filter((line) => !remove.includes(line)), ...add];
      return result;
    },
    registrationsOf: async ({ partyId, hoedanigheid, subject, period, limit }) =>
      lines
        .filter(
          (line) => line.partyId === partyId && line.hoedanigheid === (hoedanigheid ?? line.hoedanigheid),
        )
        .filter((line) => !subject || keyOf(line) === keyOf({ ...line, subject }))
        .filter((line) => !period || overlaps(line, period))
        .slice(0, limit),
    ...needs,
  });
  const parties = new Map([
    [afnemer.subject, party],
    [stranger.subject, neighbour],
  ]);
  const changes: Partial<Parts> = {
    ...routes(services),
    partyOf: (subject) => parties.get(subject) ?? null,
    grantFor: ({ partyId, uri, service, version }) => ({
      ...{ ...grant, partyId, uri, service, version },
      writable: [WRITES_ALL],
    }),
    compute,
  };
  return { ...partsInMemory(undefined, changes), lines: () => lines };
}
