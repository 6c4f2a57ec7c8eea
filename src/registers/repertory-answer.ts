import type { Element } from '../exchange/element.ts';
import type { Registered as Message, Notice } from '../exchange/message.ts';
import type { Registration } from '../exchange/party.ts';
import { refusals } from '../exchange/refusal.ts';
import { plain } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { attribute, element, type Markup, writeBytes } from '../xml/write.ts';
import type { Objection } from './registration-rules.ts';

/** The content of a writing service's answer: whether it was done, 1 or 0. */
export function writeResult(message: Message, done: boolean): Element {
  const description = attribute(plain('Beschrijving'), done ? 'Wel geslaagd' : 'Niet geslaagd');
  return asTree(
    message,
    element(plain('Inhoud'), [element(plain('Resultaat'), done ? '1' : '0', [description])]),
  );
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
  return asTree(message, element(plain('Inhoud'), [element(plain('Inschrijvingen'), lines.map(line))]));
}

function asTree(message: Message, markup: Markup): Element {
  const tree = parseTree(writeBytes(markup).bytes);
  message.ending.push(tree);
  return tree.root;
}
