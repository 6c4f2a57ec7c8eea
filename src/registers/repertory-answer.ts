import { resultOf } from '../dialect/magda-result.ts';
import type { Element } from '../exchange/element.ts';
import type { Registered as Message, Notice } from '../exchange/message.ts';
import type { Registration } from '../exchange/party.ts';
import { refusals } from '../exchange/refusal.ts';
import { plain } from '../xml/names.ts';
import { element, type Markup } from '../xml/write.ts';
import { writtenTree } from '../xml/written-tree.ts';
import type { Objection } from './registration-rules.ts';

/** The content of a writing service's answer: whether it was done, 1 or 0. */
export function writeResult(message: Message, done: boolean): Element {
  return writtenTree(element(plain('Inhoud'), [resultOf(done)]), message.ending);
}

export const noticeOf = ({ code, type }: Objection): Notice => ({
  number: code,
  origin: 'MAGDA',
  type,
  text: refusals[code].text,
  circumstance: null,
  annotations: [],
  references: [],
});

/** The registrations that one asked to see, under the identity with which one asked. */
export function writeRegistrations(message: Message, lines: readonly Registration[]): Element {
  const line = ({ hoedanigheid, subject, begin, end }: Registration): Markup => {
    const type = subject.kind === 'person' ? 'PERS' : 'OND';
    return element(plain('Inschrijving'), [
      element(plain('Identificatie'), message.sender.uri),
      element(plain('Hoedanigheid'), hoedanigheid),
      element(plain('BetrokkenSubject'), [
        element(plain('Type'), type),
        element(plain('Subjecten'), [
          element(plain('Subject'), [
            element(plain('Type'), type),
            element(plain('Sleutel'), subject.number),
          ]),
        ]),
      ]),
      element(plain('Periode'), [
        element(plain('Begin'), begin),
        end === null ? null : element(plain('Einde'), end),
      ]),
    ]);
  };
  const all = element(plain('Inschrijvingen'), lines.map(line));
  return writtenTree(element(plain('Inhoud'), [all]), message.ending);
}
