import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadServices } from '../../src/contract/load-services.ts';
import { enterpriseAnswers } from '../../src/demo/enterprise-answers.ts';
import { personAnswers } from '../../src/demo/person-answers.ts';
import { demoReferences } from '../../src/demo/references.ts';
import { startRestSource } from '../../src/demo/rest-source.ts';
import type { Reference } from '../../src/exchange/reference.ts';
import type { Together } from '../../src/exchange/service.ts';
import type { Reachable } from '../../src/exchange/source.ts';
import type { Parts } from '../../src/journey.ts';
import { geefDossier } from '../../src/services/geef-dossier/geef-dossier.ts';
import { orchestrate } from '../../src/stages/orchestrate.ts';
import { routes } from '../../src/stages/routes.ts';
import { connect, sourceAt } from '../sources/listener.ts';
import { grant, INSZ, wording } from './message.ts';
import { afnemer, partsInMemory, travel } from './parts-in-memory.ts';
import { signed } from './signed-message.ts';
import { soapSource } from './soap-source.ts';

/** GeefDossier in a journey: its own contracts, and three sources that really listen. */

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
export const { services } = loadServices(
  ['dossier', 'persoon', 'onderneming'].map((name) => folder(`wsdl/${name}`)),
  [folder('xsd')],
);

const ksz = await startRestSource(0);
after(ksz.close);
export const sound = {
  ksz: sourceAt(ksz.url, { kind: 'rest' }),
  rijksregister: await soapSource(services, 'RR', personAnswers()),
  kbo: await soapSource(services, 'KBO', enterpriseAnswers()),
};
export type SourceName = keyof typeof sound;

export type Setting = {
  /** What the party's grants show, by service; a service that is not here it may not ask. */
  readonly grants?: Readonly<Record<string, readonly string[]>>;
  /** The services of which its grants have answers encrypted. */
  readonly encrypted?: readonly string[];
  readonly together?: Together;
  readonly sources?: Partial<Record<SourceName, Reachable>>;
  readonly references?: readonly Reference[];
  /** A service that is served no longer. */
  readonly gone?: string;
  readonly registered?: Parts['isRegistered'];
};

export const whole = {
  ...{ GeefDossier: ['**'], GeefPersoon: ['**'], GeefGezinssamenstelling: ['**'], GeefOnderneming: ['**'] },
};

export function dossierQuestion(insz = INSZ, periode = ''): string {
  const request = services.find(({ rules }) => rules.name === 'GeefDossier')?.contract.operations[0]?.request;
  const reference = randomUUID();
  const body =
    `<r:GeefDossier xmlns:r="${request?.namespace}"><Verzoek><Context><Naam>GeefDossier</Naam>` +
    '<Versie>01.00.0000</Versie><Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-03-02</Datum>' +
    `<Tijd>11:00:00.000</Tijd></Tijdstip><Afzender><Identificatie>${wording.uri}</Identificatie>` +
    `<Referte>${reference}</Referte><Hoedanigheid>6001</Hoedanigheid></Afzender></Bericht></Context><Vragen>` +
    `<Vraag><Referte>vraag-1</Referte><Inhoud><Criteria><INSZ>${insz}</INSZ>${periode}</Criteria>` +
    '<Taal>nl</Taal></Inhoud></Vraag></Vragen></Verzoek></r:GeefDossier>';
  return signed(afnemer, { body });
}

/** A journey in which GeefDossier is served, and how often each source was called. */
export function dossierWorld(setting: Setting = {}) {
  const grants: NonNullable<Setting['grants']> = setting.grants ?? whole;
  const { references = demoReferences(), sources = {} } = setting;
  const together = setting.together ?? { partial: 'warn', deadline: 2000 };
  const calls: string[] = [];
  const served = services.map((service) =>
    service.rules.together ? { ...service, rules: { ...service.rules, together } } : service,
  );
  const named = new Map<string, Reachable>(Object.entries({ ...sound, ...sources }));
  const world = partsInMemory((source, call, signal) => {
    calls.push(source.name);
    return connect(source, call, signal);
  });
  const parts = {
    ...world.parts,
    ...routes(served.filter(({ rules }) => rules.name !== setting.gone)),
    grantFor: (({ service, version }) => {
      const visible = grants[service];
      const encrypted = setting.encrypted?.includes(service) ?? false;
      return visible ? { ...grant, service, version, visible, encrypted } : null;
    }) satisfies Parts['grantFor'],
    isRegistered: setting.registered ?? (async () => true),
    sourceOf: (name: string) => ({ ...(named.get(name) ?? sound.kbo), name }),
    referencesTo: async ({ dataType, subject }: Pick<Reference, 'dataType' | 'subject'>) =>
      references.filter((each) => each.dataType === dataType && each.subject.number === subject.number),
  };
  const compute = new Map([['geef-dossier', orchestrate(parts)(geefDossier)]]);
  const ask = async (insz = INSZ) => {
    const { text } = await travel({ ...parts, compute }, dossierQuestion(insz));
    const [record] = world.records.slice(-1);
    const notices = [...text.matchAll(/<Uitzondering>(.*?)<\/Uitzondering>/gs)].map(([, notice = '']) =>
      ['Identificatie', 'Oorsprong', 'Type', 'Omstandigheid']
        .flatMap((name) => new RegExp(`<${name}>([^<]*)`).exec(notice)?.[1] ?? [])
        .join(' '),
    );
    const has = ['Persoon', 'Gezin', 'Onderneming'].filter((part) =>
      new RegExp(`<(?:\\w+:)?${part}[ >]`).test(text.split('<Uitzonderingen>')[0] ?? ''),
    );
    return { text, record, notices, has };
  };
  return { ask, calls, records: world.records, faults: world.faults };
}
