import { after } from 'node:test';
import { fromJson } from '../../src/contract/json-markup.ts';
import type { Answerers } from '../../src/demo/answerer.ts';
import { startSoapSource } from '../../src/demo/soap-source.ts';
import { filteredModel } from '../../src/dialect/dialect.ts';
import type { Service } from '../../src/exchange/service.ts';
import type { Reachable } from '../../src/exchange/source.ts';
import { sourceAt } from '../sources/listener.ts';
import { stoppedClock } from './clock.ts';
import { AT } from './message.ts';

/** A source that really listens, and speaks the contracts of those services for which it has an answer. */
export async function soapSource(
  services: readonly Service[],
  origin: string,
  answerers: Answerers,
): Promise<Reachable> {
  const served = services.flatMap((service) => {
    const answer = answerers[service.rules.name];
    const response = service.contract.operations[0]?.response;
    const around = response && service.contract.model(response);
    const model = around && filteredModel(service.rules, around);
    return answer && model ? [{ service, answer, contentOf: (image: object) => fromJson(model, image) }] : [];
  });
  const speaker = `${origin.toLowerCase()}.example`;
  const needs = { served: () => served, speaker, origin, clock: stoppedClock(AT), checkSignature: () => {} };
  const listener = await startSoapSource(0, needs);
  after(listener.close);
  return sourceAt(listener.url);
}
