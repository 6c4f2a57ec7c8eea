import type { Element } from '../exchange/element.ts';
import type { Sender } from '../exchange/message.ts';
import type { Identity } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import { plain } from '../xml/names.ts';
import { element, fragment, type Markup } from '../xml/write.ts';
import type { Names } from './identity.ts';
import { at, textAt } from './magda-names.ts';
import type { QuestionParts } from './magda-question.ts';

/** What a request begins with (CommonV3, BaseRequestType); all else in it is about what is asked. */
const HEAD = new Set(['informationCustomer', 'informationCBSS', 'legalContext']);

export const isHead = ({ name }: { readonly name: string }): boolean => HEAD.has(name);

/**
 * Who a request says it comes from. The organisation's number is the name it goes by, and the legal context the
 * capacity in which it asks: an identity is the two together, as a party has them and a grant names them. A claim, as
 * everywhere: only the signer's certificate decides whether it may say so.
 */
export function readSender(payload: Element): Sender {
  const customer = payload.child('informationCustomer');
  const organisation = customer?.child('customerIdentification');
  if (!customer || !organisation) throw new Error('a request without a customer passed its schema');
  return {
    uri: textAt(organisation, 'cbeNumber') ?? placeOf(organisation),
    hoedanigheid: textAt(payload, 'legalContext'),
    reference: keptOf(textAt(customer, 'ticket') ?? ''),
    endUser: null,
  };
}

/** `sector/institution`, as numbers: 017 is 17. */
const placeOf = (organisation: Element) =>
  `${Number(textAt(organisation, 'sector'))}/${Number(textAt(organisation, 'institution'))}`;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Of a ticket that is no UUID only the first 32 characters are kept (CommonV3). */
const keptOf = (ticket: string) => (UUID.test(ticket) ? ticket : ticket.slice(0, 32));

/** The reference under which a request is answered is its ticket; what is asked stands in the request itself. */
export const readQuestion = (payload: Element) => ({
  reference: ticketOf(payload) ?? '',
  content: payload,
});

export const ticketOf = (payload: Element): string | null => textAt(payload, 'informationCustomer/ticket');

/** What of a request is put to a source as it came: all but its head. */
export const carried = (payload: Element): Markup =>
  element(
    { namespace: payload.namespace, name: payload.name, prefix: 'ns' },
    payload.children.filter((child) => !isHead(child)).map((child) => fragment(child.canonical())),
  );

/**
 * Organisations go by their number here, not by a name.
 *
 * @throws Refusal 60011 when whoever asks has none
 */
export function speakAs({ organisation, legalContext }: Names): Identity {
  if (organisation === null)
    throw new Refusal(
      '60011',
      'KRUISPUNT_KSZ_IDENTIFICATION is not set, without which no KSZ source is asked',
    );
  return { uri: organisation, hoedanigheid: legalContext };
}

/** A request in the sender's name: its head, and below it what is asked. */
export function writeQuestion({ request, at: when, sender, content }: QuestionParts): Markup {
  if (content.kind !== 'element') throw new Error('what a request carries is given below its own element');
  return element(request, [
    element(plain('informationCustomer'), [
      sender.reference === '' ? null : element(plain('ticket'), sender.reference),
      element(plain('timestampSent'), when.toISOString()),
      element(plain('customerIdentification'), identification(sender.uri)),
    ]),
    sender.hoedanigheid === null ? null : element(plain('legalContext'), sender.hoedanigheid),
    ...content.content.filter((part) => typeof part !== 'string'),
  ]);
}

function identification(organisation: string): readonly Markup[] {
  const [sector = '', institution] = organisation.split('/');
  return institution === undefined
    ? [element(plain('cbeNumber'), sector)]
    : [element(plain('sector'), sector), element(plain('institution'), institution)];
}

/** What in a fault or status says whom it is about. */
export const cbeNumberOf = (payload: Element): string | null =>
  at(payload, 'informationCustomer/customerIdentification/cbeNumber')?.text.trim() ?? null;
