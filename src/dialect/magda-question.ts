import type { Element } from '../exchange/element.ts';
import type { Sender } from '../exchange/message.ts';
import { plain, type QName } from '../xml/names.ts';
import { element, type Markup } from '../xml/write.ts';
import { at, paths, textAt } from './magda-names.ts';
import { localMoment } from './magda-time.ts';

/** Who a question says it comes from. A claim: only the signer's certificate decides whether it may say so. */
export function readSender(payload: Element): Sender {
  const sender = at(payload, paths.sender);
  if (!sender) throw new Error('a question without Afzender passed its schema');
  return {
    uri: textAt(sender, 'Identificatie') ?? '',
    hoedanigheid: textAt(sender, 'Hoedanigheid'),
    reference: textAt(sender, 'Referte') ?? '',
    endUser: textAt(sender, 'Gebruiker'),
  };
}

/** What the Context says is asked: some clients put the domain before the name (`Persoon.GeefPersoon`). */
export function readContext(payload: Element): { readonly name: string; readonly version: string } {
  const context = at(payload, paths.context);
  return {
    name: (context && textAt(context, 'Naam'))?.split('.').at(-1) ?? '',
    version: (context && textAt(context, 'Versie')) ?? '',
  };
}

/** The question proper (Vraag/Inhoud) and the reference under which its answer must be given. */
export function readQuestion(payload: Element): { readonly reference: string; readonly content: Element } {
  const question = at(payload, paths.question);
  const content = question?.child('Inhoud');
  if (!question || !content) throw new Error('a question without Inhoud passed its schema');
  return { reference: textAt(question, 'Referte') ?? '', content };
}

export type QuestionParts = {
  readonly request: QName;
  readonly name: string;
  /** NN.NN */
  readonly version: string;
  readonly at: Date;
  readonly sender: Sender;
  readonly reference: string;
  /** The whole Inhoud element. */
  readonly content: Markup;
};

/** A question as a consumer sends it to the bus, and the bus to a source. */
export function writeQuestion(parts: QuestionParts): Markup {
  const { date, time } = localMoment(parts.at);
  const { uri, hoedanigheid, reference, endUser } = parts.sender;
  return element(parts.request, [
    element(plain('Verzoek'), [
      element(plain('Context'), [
        element(plain('Naam'), parts.name),
        element(plain('Versie'), `${parts.version}.0000`),
        element(plain('Bericht'), [
          element(plain('Type'), 'VRAAG'),
          element(plain('Tijdstip'), [element(plain('Datum'), date), element(plain('Tijd'), time)]),
          element(plain('Afzender'), [
            element(plain('Identificatie'), uri),
            element(plain('Referte'), reference),
            hoedanigheid === null ? null : element(plain('Hoedanigheid'), hoedanigheid),
            endUser === null ? null : element(plain('Gebruiker'), endUser),
          ]),
        ]),
      ]),
      element(plain('Vragen'), [
        element(plain('Vraag'), [element(plain('Referte'), parts.reference), parts.content]),
      ]),
    ]),
  ]);
}
