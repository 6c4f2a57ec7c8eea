import { localMoment } from '../dialect/magda-time.ts';
import type { KeptExchange } from '../exchange/audit.ts';
import { type Route, routeOf } from '../exchange/inquiry.ts';
import type { Party, Subject } from '../exchange/party.ts';
import { refusals } from '../exchange/refusal.ts';
import { isStructured } from '../exchange/subject-number.ts';
import { readOptions } from './configuration-options.ts';
import { type Terminal, UsageError } from './output.ts';

export const citizenHelp = `kruispunt audit citizen INSZ [--json]
                    who asked what about a person, when, why, through which service, allowed or refused;
                    that you looked is written down
kruispunt audit lookups INSZ [--json]
                    who looked up this person, there or in registrations, populations and references, and when
`;

/** More than these tell a reader nothing; `--json` has all of them. */
const MOST_PATHS = 8;

type LookUp = { readonly at: Date; readonly who: string };

export type Citizen = {
  /** Writes down who looks before it returns anything. */
  readonly lookUp: (subject: Subject, who: string) => Promise<readonly KeptExchange[]>;
  readonly lookUps: (subject: Subject) => Promise<readonly LookUp[]>;
  readonly parties: () => Promise<readonly Party[]>;
  readonly who: string;
};

/** One consultation as the person concerned may know it: the organisation, and never the official there. */
export type Consultation = {
  readonly exchange: string;
  readonly when: Date;
  readonly organisation: { readonly name: string; readonly cbeNumber: string | null } | null;
  /** The name under which that organisation asked. */
  readonly as: string | null;
  /** Whether it was asked now, in a file of questions, or for a snapshot of all whom the organisation follows. */
  readonly route: 'message' | Route['by'];
  readonly service: string | null;
  readonly version: string | null;
  readonly legalBasis: string | null;
  readonly outcome: 'allowed' | 'refused' | 'failed';
  readonly code: string | null;
  /** Dutch, the bus's public words for a refusal. */
  readonly refusal: string | null;
  readonly sources: readonly string[];
  /** Parts of the answer that were left out because the organisation may not see them. */
  readonly leftOut: readonly string[];
};

/** `kruispunt audit citizen`. */
export async function auditCitizen(argv: readonly string[], terminal: Terminal, needs: Citizen) {
  const { subject, json } = read(argv);
  const exchanges = await needs.lookUp(subject, needs.who);
  const cbeOf = new Map((await needs.parties()).map(({ name, cbeNumber }) => [name, cbeNumber]));
  const consultations = exchanges.map((each) => consultation(each, cbeOf));
  if (json) terminal.print(JSON.stringify({ insz: subject.number, consultations }, null, 2));
  else terminal.print(inDutch(subject.number, consultations));
  return 0;
}

/** `kruispunt audit lookups`. */
export async function auditLookUps(argv: readonly string[], terminal: Terminal, { lookUps }: Citizen) {
  const { subject, json } = read(argv);
  const found = (await lookUps(subject)).map(({ at, who }) => ({ at, who }));
  if (json) terminal.print(JSON.stringify(found, null, 2));
  else for (const { at, who } of found) terminal.print(`${at.toISOString()}  ${who}`);
  return 0;
}

function read(argv: readonly string[]): { readonly subject: Subject; readonly json: boolean } {
  const { positionals, json } = readOptions(argv, {});
  const [number = '', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(citizenHelp);
  const subject = { kind: 'person', number } as const;
  if (!isStructured(subject))
    throw new UsageError(`expected an INSZ: eleven digits whose last two are right\n\n${citizenHelp}`);
  return { subject, json };
}

function consultation(exchange: KeptExchange, cbeOf: ReadonlyMap<string, string>): Consultation {
  const { party, uri, service, version, legalBasis, outcome, code } = exchange;
  return {
    exchange: exchange.id,
    when: exchange.receivedAt,
    organisation: party === null ? null : { name: party, cbeNumber: cbeOf.get(party) ?? null },
    as: uri,
    route: routeOf(exchange.remoteAddress)?.by ?? 'message',
    service,
    version,
    legalBasis,
    outcome: outcome === 'answered' ? 'allowed' : outcome,
    code,
    refusal: code === null ? null : publicText(code),
    sources: exchange.sources.map(({ source }) => source),
    // What a party was not let write was never in an answer.
    leftOut: outcome === 'refused' ? [] : exchange.filtered,
  };
}

const publicText = (code: string): string => {
  const row = Object.entries(refusals).find(([name, { number }]) => name === code || number === code)?.[1];
  return row?.text ?? 'De vraag is geweigerd.';
};

function inDutch(insz: string, consultations: readonly Consultation[]): string {
  if (consultations.length === 0) return `Niemand heeft via dit platform iets over ${insz} gevraagd.`;
  const times = consultations.length === 1 ? 'één keer' : `${consultations.length} keer`;
  return [
    `Over ${insz} is via dit platform ${times} iets gevraagd, de laatste keer eerst.`,
    ...consultations.map(paragraph),
  ].join('\n\n');
}

function paragraph(each: Consultation): string {
  const { date, time } = localMoment(each.when);
  const lines: readonly (readonly [string, string])[] = [
    ['wie', organisationText(each)],
    ['wat', each.service === null ? 'onbekend' : `${each.service} ${each.version ?? ''}`.trim()],
    ...(each.route === 'message' ? [] : [['hoe', ROUTES[each.route]] as const]),
    ['waarom', each.legalBasis ?? 'geen wettelijke basis vastgesteld: de vraag werd eerder geweigerd'],
    ['uitkomst', outcomeText(each)],
    ...(each.sources.length > 0 ? [['bij welke bron', each.sources.join(', ')] as const] : []),
    ...(each.leftOut.length > 0
      ? [['niet getoond', `${few(each.leftOut)} (de organisatie mag dit niet zien)`] as const]
      : []),
    ['kenmerk', each.exchange],
  ];
  return [
    `${date} om ${time.slice(0, 8)}`,
    ...lines.map(([what, text]) => `  ${`${what}:`.padEnd(16)}${text}`),
  ].join('\n');
}

const ROUTES = {
  'question-file': 'in een bestand met vragen',
  snapshot: 'voor een periodieke stand van zaken over iedereen die de organisatie opvolgt',
} as const;

const few = (paths: readonly string[]) =>
  paths.length <= MOST_PATHS
    ? paths.join(', ')
    : `${paths.slice(0, MOST_PATHS).join(', ')} en ${paths.length - MOST_PATHS} andere gegevens`;

function organisationText({ organisation, as }: Consultation): string {
  if (organisation === null) return 'niet vastgesteld';
  const number = organisation.cbeNumber === null ? 'KBO-nummer onbekend' : `KBO ${organisation.cbeNumber}`;
  return `${organisation.name} (${number})${as === null ? '' : `, als ${as}`}`;
}

function outcomeText({ outcome, refusal, code }: Consultation): string {
  if (outcome === 'allowed') return 'toegestaan: er is een antwoord gegeven';
  if (outcome === 'refused') return `geweigerd: ${refusal} (${code})`;
  return 'mislukt door een technische fout: er is geen antwoord gegeven';
}
