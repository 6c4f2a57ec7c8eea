import type { ElementModel } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { Sender } from '../exchange/message.ts';
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

/** How a family of contracts carries who asks, what is asked, what is answered and what went wrong. */
export type Dialect = {
  /** How the payload contradicts the service it was routed to; null when it does not. */
  readonly contradiction: (payload: Element, rules: Rules) => string | null;
  readonly readSender: (payload: Element) => Sender;
  readonly readQuestion: (payload: Element) => { readonly reference: string; readonly content: Element };
  readonly writeQuestion: (parts: QuestionParts) => Markup;
  readonly writeReply: (parts: ReplyParts) => Markup;
  readonly readReply: (payload: Element) => ReadReply;
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
  questionModel: (request) => modelBelow(request, `${paths.question}/Inhoud`),
  answerModel: (response) => modelBelow(response, paths.answer),
};

const dialects: Readonly<Record<Rules['dialect'], Dialect>> = { magda };

export const dialectOf = (rules: Rules): Dialect => dialects[rules.dialect];

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
