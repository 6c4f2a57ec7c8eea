import { fromJson } from './contract/json-markup.ts';
import type { Answerers, Image } from './demo/answerer.ts';
import { enterpriseAnswers } from './demo/enterprise-answers.ts';
import { evidenceAnswers } from './demo/evidence-answers.ts';
import { personAnswers } from './demo/person-answers.ts';
import { startRestSource } from './demo/rest-source.ts';
import { type Served, startSoapSource } from './demo/soap-source.ts';
import { type DemoSource, startDemoSources } from './demo/sources.ts';
import { filteredModel } from './dialect/dialect.ts';
import type { Clock } from './exchange/clock.ts';
import type { Service } from './exchange/service.ts';
import type { Store } from './store/connection.ts';
import type { Trust } from './wss/trust.ts';
import { verifyReply } from './wss/verify.ts';

type Needs = {
  /** What is offered now: a source speaks the contracts as they are when it is asked. */
  readonly services: () => readonly Service[];
  readonly store: Pick<Store, 'sources' | 'putSource'>;
  readonly trust: Trust;
  readonly folder: string;
  readonly clock: Clock;
};

/**
 * Starts those demo sources that a service asks: over SOAP, signed, the Rijksregister, the KBO and LED; over REST the
 * KSZ.
 */
export async function startDemos({ services, store, trust, folder, clock }: Needs) {
  const soapSource = (origin: string, speaker: string, answerers: Answerers): DemoSource => ({
    kind: 'soap',
    signature: 'strict',
    listen: (port) =>
      startSoapSource(port, {
        served: () => services().flatMap((service) => serve(service, answerers)),
        speaker,
        origin,
        clock,
        checkSignature: (envelope) => void verifyReply(envelope, { trust, at: clock.now() }),
      }),
  });
  const sources: Readonly<Record<string, DemoSource>> = {
    rijksregister: soapSource('RR', 'rijksregister.example', personAnswers()),
    ksz: { kind: 'rest', signature: 'none', listen: startRestSource },
    kbo: soapSource('KBO', 'kbo.example', enterpriseAnswers()),
    led: soapSource('LED', 'led.example', evidenceAnswers()),
  };
  const asked = new Set(
    services().flatMap(({ rules }) => rules.sources?.options.map(({ source }) => source) ?? []),
  );
  const start = Object.fromEntries(Object.entries(sources).filter(([name]) => asked.has(name)));
  return startDemoSources({ ...store, folder, start });
}

function serve(service: Service, answerers: Answerers): readonly Served[] {
  const answer = answerers[service.rules.name];
  return answer ? [{ service, answer, contentOf: contentOf(service) }] : [];
}

/** JSON images of what an Antwoord of this service holds, as that element. */
function contentOf({ contract, rules }: Service): (image: Image) => ReturnType<typeof fromJson> {
  const response = contract.operations[0]?.response;
  const around = response && contract.model(response);
  const model = around && filteredModel(rules, around);
  if (!model) throw new Error(`the contract of ${rules.name} declares no ${rules.filtered}`);
  return (image) => fromJson(model, image);
}
