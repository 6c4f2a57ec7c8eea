import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { ExchangeRecord } from './exchange/audit.ts';
import { systemClock } from './exchange/clock.ts';
import type { TakeTurn } from './exchange/controls.ts';
import type { Ask } from './exchange/source.ts';
import type { Foundation } from './foundation.ts';
import type { Figures } from './http/metrics.ts';
import { type InquiryParts, inquiry } from './inquiry.ts';
import { publicationServices } from './publication/publication-services.ts';
import { repertoryServices } from './registers/repertory-services.ts';
import { geefDossier } from './services/geef-dossier/geef-dossier.ts';
import { askRest } from './sources/ask-rest.ts';
import { askSoap } from './sources/ask-soap.ts';
import { breaking } from './sources/circuit.ts';
import type { Connect } from './sources/connect.ts';
import { paced } from './sources/paced.ts';
import { retrying } from './sources/retry.ts';
import { orchestrate } from './stages/orchestrate.ts';
import { liveRoutes } from './stages/routes.ts';
import { scheduleProblem } from './store/schedule.ts';
import type { MessageSigner } from './wss/sign.ts';
import { type SoapVersion, soap } from './xml/names.ts';
import { element, type Markup, writeBytes } from './xml/write.ts';

// What the bus of a demo world goes by where organisations have numbers.
const DEMO_ORGANISATION = '0999990321';

/** Where it is seen how sources do; null where nobody looks. */
export type Watch = Pick<Figures, 'retried' | 'circuit' | 'observe'>;

export const unwatched: Watch = { retried: () => {}, circuit: () => {}, observe: () => {} };

type Shared = { readonly connect: Connect; readonly takeTurn: TakeTurn };

/** What every question is answered with, whoever brought it: registers, sources, and services of our own. */
export function answering(
  { table, publications, store, signer, demo }: Foundation,
  { speaker, kszIdentification }: Config,
  log: Logger,
  { connect, takeTurn }: Shared,
  watch: Watch,
  around: (ask: Ask) => Ask = (ask) => ask,
) {
  const careful = carefully(log, watch);
  const parts = {
    ...liveRoutes(table.services),
    grantFor: store.grantFor,
    isCurrent: store.isCurrent,
    takeTurn,
    isRegistered: store.isRegistered,
    isInPopulation: store.isInPopulation,
    registeredDays: store.registeredDays,
    sourceOf: store.source,
    codesOf: store.codesOf,
    referencesTo: store.referencesTo,
    ask: {
      soap: around(
        careful(
          askSoap({
            connect,
            envelop: (payload, signature, version) => envelop(signer, payload, signature, version),
            speaker,
            organisation: kszIdentification ?? (demo ? DEMO_ORGANISATION : null),
          }),
        ),
      ),
      rest: around(careful(askRest({ connect }))),
    },
    speaker,
    clock: systemClock,
    onFault: (error: unknown, exchange: string) =>
      log.error({ exchange, err: error }, 'an exchange failed through a fault of ours'),
  };
  return {
    ...parts,
    compute: new Map([
      ...repertoryServices(store),
      ...publicationServices({ ...store, publications, speaker, scheduleProblem, randomId: randomUUID }),
      ['geef-dossier', orchestrate(parts)(geefDossier)],
    ]),
  };
}

/** How questions are asked that no envelope brought: at a rate that their sources bear well. */
export function inquiring(
  foundation: Foundation,
  config: Config,
  log: Logger,
  shared: Shared,
  watch: Watch = unwatched,
) {
  const pace = paced({ takeTurn: shared.takeTurn, clock: systemClock, rate: config.sourceRate });
  const parts = answering(foundation, config, log, shared, watch, pace) satisfies Partial<InquiryParts>;
  let underWay = 0;
  const inquire = inquiry({
    ...parts,
    randomId: randomUUID,
    digestOf: foundation.store.digestOf,
    record: async (exchange) => {
      await foundation.store.record(exchange, underWay);
      watch.observe(exchange);
      tell(log, exchange);
    },
  });
  return {
    serviceOf: parts.serviceOf,
    inquire: async (...asked: Parameters<typeof inquire>) => {
      underWay += 1;
      return inquire(...asked).finally(() => {
        underWay -= 1;
      });
    },
  };
}

/** How sources are asked, whatever they speak: patiently, and not at all for a while after they failed too often. */
function carefully(log: Logger, watch: Watch): (ask: Ask) => Ask {
  const patient = retrying({ random: Math.random, onRetry: watch.retried });
  const unlessOpen = breaking({
    now: () => performance.now(),
    onState: (source, state) => {
      watch.circuit(source, state);
      log[state === 'open' ? 'warn' : 'info']({ source, circuit: state }, CIRCUIT[state]);
    },
  });
  return (ask) => unlessOpen(patient(ask));
}

const CIRCUIT = {
  closed: 'a source is asked',
  'half-open': 'one question tries a source that was left alone',
  open: 'a source failed too often in a row and is left alone',
} as const;

async function envelop(
  signer: MessageSigner,
  payload: Markup,
  signature: 'none' | 'strict',
  version: SoapVersion,
): Promise<Uint8Array> {
  if (signature === 'strict') return signer.sign([payload], version);
  const name = soap(version);
  return writeBytes(element(name('Envelope'), [element(name('Body'), [payload])])).bytes;
}

/** One line an exchange, by which an operator finds it in the audit; nothing about whom it was. */
export function tell(log: Logger, exchange: ExchangeRecord): void {
  const { id, party, service, version, outcome, code, duration } = exchange;
  const line = { exchange: id, party, service, version, outcome, code, ms: Math.round(duration * 10) / 10 };
  if (outcome === 'answered') log.info(line, 'answered');
  else log.warn({ ...line, reason: exchange.reason }, outcome);
}
