import type { ElementModel } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { Sender } from '../exchange/message.ts';
import type { Party } from '../exchange/party.ts';
import type { Refusal } from '../exchange/refusal.ts';
import type { Rules } from '../exchange/service.ts';
import type { Markup } from '../xml/write.ts';
import { paths } from './magda-names.ts';
import {
  type QuestionParts,
  readContext,
  readQuestion,
  readSender,
  writeQuestion,
} from './magda-question.ts';
import { type ReadReply, type ReplyParts, readReply, writeReply } from './magda-reply.ts';
import * as whole from './plain.ts';

/** How a family of contracts carries who asks, what is asked, what is answered and what went wrong. */
export type Dialect = {
  /** How the payload contradicts the service it was routed to; null when it does not. */
  readonly contradiction: (payload: Element, rules: Rules) => string | null;
  /**
   * Under which identity a question is asked. Where contracts have no place to say so it is that of the signer's
   * party, without whom such a question cannot be read.
   */
  readonly readSender: (payload: Element, party?: Party) => Sender;
  readonly readQuestion: (payload: Element) => { readonly reference: string; readonly content: Element };
  readonly writeQuestion: (parts: QuestionParts) => Markup;
  readonly writeReply: (parts: ReplyParts) => Markup;
  readonly readReply: (payload: Element) => ReadReply;
  /** Whether a reply answers the question that was asked under this reference, as far as it can say so. */
  readonly isAnswerTo: (reply: ReadReply, reference: string) => boolean;
  /** Whether a refusal after level 1 is told in a reply; if not, it is a SOAP fault like those of level 1. */
  readonly repliesTo: (refusal: Refusal) => boolean;
  /** The question's content, and the element around an answer's content, in the models of request and response. */
  readonly questionModel: (request: ElementModel) => ElementModel;
  readonly answerModel: (response: ElementModel) => ElementModel;
};

const magda: Dialect = {
  contradiction: (payload, rules) => {
    const { name, version } = readContext(payload);
    if (name !== rules.name) return `Context/Naam is not ${rules.name}`;
    return version.startsWith(`${rules.version}.`) ? null : `Context/Versie is not ${rules.version}.NNNN`;
  },
  readSender,
  readQuestion,
  writeQuestion,
  writeReply,
  readReply,
  isAnswerTo: ({ toReference, answerReference }, reference) =>
    toReference === reference && (answerReference ?? reference) === reference,
  repliesTo: () => true,
  questionModel: (request) => modelBelow(request, `${paths.question}/Inhoud`),
  answerModel: (response) => modelBelow(response, paths.answer),
};

const plain: Dialect = {
  contradiction: () => null,
  readSender: whole.readSender,
  readQuestion: whole.readQuestion,
  writeQuestion: whole.writeQuestion,
  writeReply: whole.writeReply,
  readReply: whole.readReply,
  // Without references there is nothing to compare: an answer is to the question that its connection carried.
  isAnswerTo: () => true,
  repliesTo: () => false,
  questionModel: (request) => request,
  answerModel: (response) => response,
};

const dialects: Readonly<Record<Rules['dialect'], Dialect>> = { magda, plain };

export const dialectOf = (rules: Rules): Dialect => dialects[rules.dialect];

/** What grants filter, in the model of a response: the element that `service.yaml` names, or else the whole answer. */
export function filteredModel(rules: Rules, response: ElementModel): ElementModel | null {
  const around = dialectOf(rules).answerModel(response);
  if (rules.filtered === null) return around;
  return around.children.find(({ name }) => name === rules.filtered) ?? null;
}

/** The declaration at a path of local names below another; a contract that lacks it is not of this family. */
export function modelBelow(model: ElementModel, path: string): ElementModel {
  let here = model;
  for (const name of path.split('/')) {
    const next = here.children.find((child) => child.name === name);
    if (!next) throw new Error(`the contract declares no ${path} below ${model.name}`);
    here = next;
  }
  return here;
}
