import { fromJson } from '../src/contract/json-markup.ts';
import { dialectOf } from '../src/dialect/dialect.ts';
import type { Service } from '../src/exchange/service.ts';
import { soap } from '../src/xml/names.ts';
import { element, write } from '../src/xml/write.ts';
import { imageOf, type Size, subjects } from './persons.ts';

/** Stands where the question's reference must be echoed. */
export const REFERENCE = '@reference@';

/** The envelope that the stub source answers with, by the INSZ in the question. */
export function sourceAnswers(service: Service): Readonly<Record<string, string>> {
  const sizes: readonly Size[] = ['small', 'large'];
  return Object.fromEntries(sizes.map((size) => [subjects[size], answerAbout(service, imageOf(size))]));
}

function answerAbout({ rules, contract }: Service, image: Record<string, unknown>): string {
  const dialect = dialectOf(rules);
  const response = contract.operations[0]?.response;
  const around = response && contract.model(response);
  if (!response || !around) throw new Error(`${rules.name} has no response`);
  const content = dialect.answerModel(around).children.find(({ name }) => name === rules.filtered);
  if (!content) throw new Error(`the contract of ${rules.name} declares no ${rules.filtered}`);
  const reply = dialect.writeReply({
    response: { ...response, prefix: 'rr' },
    name: rules.name,
    version: rules.version,
    at: new Date(),
    speaker: 'rijksregister.example',
    reference: 'bench',
    sender: { uri: 'vip.vlaanderen.be', hoedanigheid: null, reference: REFERENCE, endUser: null },
    answer: { reference: REFERENCE, content: fromJson(content, { Persoon: image }), notices: [] },
    notices: [],
  });
  const name = soap('1.1');
  return write(element(name('Envelope'), [element(name('Body'), [reply])]));
}
