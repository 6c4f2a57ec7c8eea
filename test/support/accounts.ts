import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadServices } from '../../src/contract/load-services.ts';
import { refused, said } from '../../src/demo/answerer.ts';
import { demoEnterpriseImages } from '../../src/demo/people.ts';
import { codesIn } from '../../src/exchange/code-table.ts';
import type { Reference } from '../../src/exchange/reference.ts';
import type { CodeRule, ReferenceChoice, SourceOption } from '../../src/exchange/service.ts';
import type { Reachable } from '../../src/exchange/source.ts';
import { routes } from '../../src/stages/routes.ts';
import { connect } from '../sources/listener.ts';
import { grant, wording } from './message.ts';
import { afnemer, partsInMemory, travel } from './parts-in-memory.ts';
import { signed } from './signed-message.ts';
import { soapSource } from './soap-source.ts';

/** GeefOnderneming, asked of the banks where an enterprise has its accounts, as the reference repertory has it. */

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const loaded = loadServices([folder('wsdl/onderneming')], [folder('xsd')]).services[0];
if (!loaded) throw new Error('there is no GeefOnderneming');
export const service = loaded;

export const ENTERPRISE = '0999990222';
export const OTHER = '0999990123';

const account = (iban: string, doel: string) => ({
  '@DatumBegin': '2010-01-01',
  Doel: doel,
  IBAN: iban,
  BIC: 'XXXXBEBB',
});

const { AuthentiekBron, OndernemingOfVestiging } = demoEnterpriseImages()[ENTERPRISE] ?? {};
const kept = { AuthentiekBron, OndernemingOfVestiging };

/** What a bank says of an enterprise. */
export const holding = (accounts: readonly object[], number = ENTERPRISE) =>
  said({
    Onderneming: {
      Ondernemingsnummer: number,
      ...kept,
      ...(accounts.length > 0 ? { Bankrekeningen: { Bankrekeningnummer: accounts } } : {}),
    },
  });
export const nothing = refused('30001', 'Geen gegevens gevonden.');

export const bank = (origin: string, answer: ReturnType<typeof said>) =>
  soapSource([service], origin, { GeefOnderneming: async () => answer });

const shared = account('BE27999000000373', 'RSZ');
export const banks: Readonly<Record<string, Reachable>> = {
  een: await bank('EEN', holding([account('BE49999000000171', 'BTW'), shared])),
  twee: await bank('TWEE', holding([shared, account('BE38999000000272', 'V')])),
  leeg: await bank('LEEG', nothing),
  kaal: await bank('KAAL', holding([])),
  vreemd: await bank('VR', holding([shared], OTHER)),
};

export const line = (source: string, changes: Partial<Reference> = {}): Reference => ({
  dataType: 'rekeningen',
  subject: { kind: 'enterprise', number: ENTERPRISE },
  source,
  heldAs: null,
  begin: '2020-01-01',
  end: null,
  ...changes,
});

type Setting = {
  readonly held: readonly (string | Reference)[];
  readonly options?: readonly string[];
  readonly choice?: Partial<ReferenceChoice>;
  readonly sources?: Readonly<Record<string, Reachable>>;
  readonly codes?: readonly CodeRule[];
  readonly visible?: readonly string[];
  readonly period?: string;
};

function question(period: string): string {
  const { request } = service.contract.operations[0] ?? {};
  const body =
    `<r:GeefOnderneming xmlns:r="${request?.namespace}"><Verzoek><Context><Naam>GeefOnderneming</Naam>` +
    '<Versie>02.00.0000</Versie><Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-03-02</Datum>' +
    `<Tijd>11:00:00.000</Tijd></Tijdstip><Afzender><Identificatie>${wording.uri}</Identificatie>` +
    `<Referte>${randomUUID()}</Referte><Hoedanigheid>6001</Hoedanigheid></Afzender></Bericht></Context><Vragen>` +
    `<Vraag><Referte>vraag-1</Referte><Inhoud><Criteria><Ondernemingsnummer>${ENTERPRISE}</Ondernemingsnummer>` +
    `<Basisgegevens>1</Basisgegevens><Bankrekeningen>1</Bankrekeningen>${period}</Criteria></Inhoud></Vraag></Vragen></Verzoek></r:GeefOnderneming>`;
  return signed(afnemer, { body });
}

/** One question through a journey whose reference repertory has these lines. */
export async function askAccounts({ held, ...setting }: Setting) {
  const calls: string[] = [];
  const bodies: string[] = [];
  const world = partsInMemory((source, call, signal) => {
    calls.push(source.name);
    bodies.push(Buffer.from(call.body ?? []).toString());
    return connect(source, call, signal);
  });
  const option = (source: string): SourceOption => ({
    ...{ value: null, source, resource: null },
    origin: source.toUpperCase().slice(0, 4),
  });
  const reference: ReferenceChoice = {
    ...{ dataType: 'rekeningen', merge: 'Onderneming/Bankrekeningen/Bankrekeningnummer' },
    ...{ partial: 'warn', deadline: 2000, ...setting.choice },
  };
  const known = { ...banks, ...setting.sources };
  const options = (setting.options ?? Object.keys(known)).map(option);
  const rules = { ...service.rules, codes: setting.codes ?? [], sources: { by: null, reference, options } };
  const lines = held.map((each) => (typeof each === 'string' ? line(each) : each));
  const parts = {
    ...world.parts,
    ...routes([{ ...service, rules }]),
    grantFor: () => ({ ...grant, service: 'GeefOnderneming', visible: setting.visible ?? ['**'] }),
    sourceOf: (name: string) => {
      const source = known[name];
      return source ? { ...source, name } : null;
    },
    codesOf: (name: string, source: string) =>
      codesIn({
        ...{ name, source },
        codes: (name === 'doel' ? ['BTW', 'RSZ', 'V'] : []).map((sourceCode) => ({
          ...{ sourceCode, magdaCode: `${source}:${sourceCode}`, description: null },
        })),
      }),
    referencesTo: async ({ begin, end, dataType }: { begin: string; end: string | null; dataType: string }) =>
      lines
        .filter((each) => each.dataType === dataType)
        .filter((each) => (end === null || each.begin <= end) && (each.end === null || each.end >= begin)),
  };
  const { text } = await travel(parts, question(setting.period ?? ''));
  const notices = [...text.matchAll(/<Uitzondering>(.*?)<\/Uitzondering>/gs)].map(([, notice = '']) =>
    ['Identificatie', 'Oorsprong', 'Type']
      .flatMap((name) => new RegExp(`<${name}>([^<]*)`).exec(notice)?.[1] ?? [])
      .join(' '),
  );
  const accounts = [...text.matchAll(/<Doel>([^<]*)<\/Doel><IBAN>([^<]*)/g)].map(
    ([, doel, iban]) => `${doel} ${iban}`,
  );
  const [record] = world.records;
  const asked = (record?.sources ?? []).map(({ source, outcome }) => `${source} ${outcome}`);
  return { text, notices, accounts, record, asked, calls: calls.sort(), bodies, faults: world.faults };
}
