import type { Element } from '../exchange/element.ts';
import type { Sender } from '../exchange/message.ts';
import type { Party } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import { fragment, type Markup } from '../xml/write.ts';
import type { QuestionParts } from './magda-question.ts';
import type { ReadReply, ReplyParts } from './magda-reply.ts';

/**
 * Contracts that know nothing of the bus: the Body's child is the question, and the answer, as a whole. It names no
 * sender, so the certificate alone says who asks: its party's identity without a hoedanigheid, or its only one.
 *
 * @throws Refusal 13001 when the party has several identities and none of them goes without saying
 */
export function readSender(_payload: Element, party?: Party): Sender {
  if (!party) throw new Error('a plain contract names no sender: it is known by its certificate only');
  const { name, identities } = party;
  const [first, ...others] = identities;
  const found =
    identities.find(({ hoedanigheid }) => hoedanigheid === null) ?? (others.length === 0 ? first : undefined);
  if (!found)
    throw new Refusal('13001', `${name} has ${identities.length} identities, none without a hoedanigheid`);
  return { ...found, reference: '', endUser: null };
}

export const readQuestion = (payload: Element) => ({ reference: '', content: payload });

export const carried = (content: Element): Markup => fragment(content.canonical());

export const writeQuestion = ({ content }: QuestionParts): Markup => content;

/** Only an answer is written: whatever else is to be said is a SOAP fault. */
export function writeReply({ name, answer }: ReplyParts): Markup {
  if (!answer?.content) throw new Error(`the contract of ${name} has no reply without an answer`);
  return answer.content;
}

export const readReply = (payload: Element): ReadReply => ({
  content: payload,
  notices: [],
  level2: [],
  toReference: null,
  answerReference: null,
});
