import type { ElementModel } from '../exchange/contract.ts';
import type { Subject } from '../exchange/party.ts';
import type { Rules } from '../exchange/service.ts';
import type { Markup } from '../xml/write.ts';
import { fromJson } from './json-markup.ts';

/**
 * The content of a question that nobody wrote: a template (JSON image), with the subject's number where the service has
 * its place.
 *
 * @throws Refusal 60007 when the template names what the contract does not have
 */
export function questionFromTemplate(
  template: Readonly<Record<string, unknown>> | null,
  subject: Subject | null,
  model: ElementModel,
  place: Rules['subject'],
): Markup {
  if (template === null || subject === null || place?.kind !== subject.kind)
    throw new Error(
      'a question without Vraag needs a template and a subject that its service has a place for',
    );
  return fromJson(model, withValue(template, place.path.split('/'), subject.number));
}

function withValue(image: unknown, [step, ...rest]: readonly string[], value: string): unknown {
  if (step === undefined) return value;
  const object = typeof image === 'object' && image !== null ? { ...image } : {};
  const there: unknown = Object.entries(object).find(([name]) => name === step)?.[1];
  return { ...object, [step]: withValue(there, rest, value) };
}
