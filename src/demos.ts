import { startRestSource } from './demo/rest-source.ts';
import { startSoapSource } from './demo/soap-source.ts';
import { startDemoSources } from './demo/sources.ts';
import { dialectOf } from './dialect/dialect.ts';
import type { Clock } from './exchange/clock.ts';
import type { Service } from './exchange/service.ts';
import { fromJson } from './sources/json-markup.ts';
import type { Store } from './store/connection.ts';
import type { Trust } from './wss/trust.ts';
import { verifyReply } from './wss/verify.ts';

type Needs = {
  readonly services: readonly Service[];
  readonly store: Pick<Store, 'sources' | 'putSource'>;
  readonly trust: Trust;
  readonly folder: string;
  readonly clock: Clock;
};

/** Starts the demo sources that GeefPersoon asks: the Rijksregister over SOAP, signed, and the KSZ over REST. */
export async function startDemos({ services, store, trust, folder, clock }: Needs) {
  const service = services.find(({ rules }) => rules.name === 'GeefPersoon');
  if (!service) return { close: async () => {} };
  return startDemoSources({
    ...store,
    folder,
    start: {
      rijksregister: {
        kind: 'soap',
        signature: 'strict',
        listen: (port) =>
          startSoapSource(port, {
            service,
            clock,
            checkSignature: (envelope) => void verifyReply(envelope, { trust, at: clock.now() }),
            contentOf: contentOf(service),
          }),
      },
      ksz: { kind: 'rest', signature: 'none', listen: startRestSource },
    },
  });
}

/** A person's JSON image as the element that an Antwoord of this service holds. */
function contentOf({ contract, rules }: Service) {
  const response = contract.operations[0]?.response;
  const around = response && contract.model(response);
  const model =
    around &&
    dialectOf(rules)
      .answerModel(around)
      .children.find(({ name }) => name === rules.filtered);
  if (!model) throw new Error(`the contract of ${rules.name} declares no ${rules.filtered}`);
  return (person: Record<string, unknown>) => fromJson(model, { Persoon: person });
}
