import type { ElementModel } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { Sender } from '../exchange/message.ts';
import type { Identity, Party } from '../exchange/party.ts';
import type { Refusal } from '../exchange/refusal.ts';
import type { Rules } from '../exchange/service.ts';
import type { Markup } from '../xml/write.ts';
import type { Names } from './identity.ts';
import { type FaultParts, faultDetail } from './ksz-fault.ts';
import * as kszQuestion from './ksz-question.ts';
import * as kszReply from './ksz-reply.ts';
import { statusOf } from './ksz-status.ts';
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
  /** The identity under which somebody who goes by these names asks in this dialect. */
  readonly speakAs: (names: Names) => Identity;
  /** `content` is where `service.yaml`'s paths into a question begin. */
  readonly readQuestion: (payload: Element) => { readonly reference: string; readonly content: Element };
  /** What of a question's content is put to a source as it came: the `content` of what `writeQuestion` writes. */
  readonly carried: (content: Element) => Markup;
  readonly writeQuestion: (parts: QuestionParts) => Markup;
  /** Some contracts have a reply repeat its question: without `asked` those cannot be written. */
  readonly writeReply: (parts: ReplyParts, asked?: kszReply.Asked) => Markup;
  readonly readReply: (payload: Element, rules?: Rules) => ReadReply;
  /** Whether a reply answers the question that was asked under this reference, as far as it can say so. */
  readonly isAnswerTo: (reply: ReadReply, reference: string) => boolean;
  /** Whether a refusal after level 1 is told in a reply; if not, it is a SOAP fault like those of level 1. */
  readonly repliesTo: (refusal: Refusal) => boolean;
  /** What a fault's detail holds; null when it is the bus's own. */
  readonly faultDetail: (refusal: Refusal, parts: FaultParts) => readonly Markup[] | null;
  /** What the bus's number for a refusal or notice is called on the wire. */
  readonly codeOf: (number: string) => string;
  /** The question's content, and the element around an answer's content, in the models of request and response. */
  readonly questionModel: (request: ElementModel) => ElementModel;
  /** Which children of a question's content say who asks: the bus writes its own in their place. */
  readonly isHead: (child: { readonly name: string }) => boolean;
  readonly answerModel: (response: ElementModel) => ElementModel;
};

const named = ({ uri, hoedanigheid }: Names): Identity => ({ uri, hoedanigheid });

const magda: Dialect = {
  contradiction: (payload, rules) => {
    const { name, version } = readContext(payload);
    if (name !== rules.name) return `Context/Naam is not ${rules.name}`;
    return version.startsWith(`${rules.version}.`) ? null : `Context/Versie is not ${rules.version}.NNNN`;
  },
  readSender,
  speakAs: named,
  readQuestion,
  carried: whole.carried,
  writeQuestion,
  writeReply,
  readReply,
  isAnswerTo: ({ toReference, answerReference }, reference) =>
    toReference === reference && (answerReference ?? reference) === reference,
  repliesTo: () => true,
  faultDetail: () => null,
  codeOf: (number) => number,
  questionModel: (request) => modelBelow(request, `${paths.question}/Inhoud`),
  isHead: () => false,
  answerModel: (response) => modelBelow(response, paths.answer),
};

const plain: Dialect = {
  contradiction: () => null,
  readSender: whole.readSender,
  speakAs: named,
  readQuestion: whole.readQuestion,
  carried: whole.carried,
  writeQuestion: whole.writeQuestion,
  writeReply: whole.writeReply,
  readReply: whole.readReply,
  // Without references there is nothing to compare: an answer is to the question that its connection carried.
  isAnswerTo: () => true,
  repliesTo: () => false,
  faultDetail: () => null,
  codeOf: (number) => number,
  questionModel: (request) => request,
  isHead: () => false,
  answerModel: (response) => response,
};

const ksz: Dialect = {
  contradiction: () => null,
  readSender: kszQuestion.readSender,
  speakAs: kszQuestion.speakAs,
  readQuestion: kszQuestion.readQuestion,
  carried: kszQuestion.carried,
  writeQuestion: kszQuestion.writeQuestion,
  writeReply: kszReply.writeReply,
  readReply: kszReply.readReply,
  isAnswerTo: ({ toReference }, reference) => toReference === reference,
  repliesTo: ({ row }) => statusOf(row.number) !== null,
  faultDetail,
  codeOf: (number) => statusOf(number)?.code ?? number,
  questionModel: kszReply.questionModel,
  isHead: kszQuestion.isHead,
  answerModel: (response) => response,
};

const dialects: Readonly<Record<Rules['dialect'], Dialect>> = { magda, ksz, plain };

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
