import type { ElementModel } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { Notice } from '../exchange/message.ts';
import type { Rules } from '../exchange/service.ts';
import { plain } from '../xml/names.ts';
import { type Content, element, fragment, type Markup } from '../xml/write.ts';
import { cbeNumberOf, isHead, ticketOf } from './ksz-question.ts';
import {
  FOUND,
  INCOMPLETE,
  makesIncomplete,
  NOTHING,
  numberOf,
  type Status,
  statusOf,
} from './ksz-status.ts';
import { textAt } from './magda-names.ts';
import type { ReadReply, ReplyParts } from './magda-reply.ts';
import { subjectIn } from './subject.ts';

/** What a reply repeats, and what decides its form. */
export type Asked = {
  readonly question: Element;
  readonly rules: Rules;
  /** The response's declaration. */
  readonly model: ElementModel;
  readonly replied: Date;
  /** Paths below the answer that the asker's grant does not show. */
  readonly hidden: readonly string[];
};

/**
 * A reply in the order that its contract prescribes: the request's own elements as they came, the bus's ticket and
 * moments, the status, which elements the asker is never shown, and the answer.
 */
export function writeReply(parts: ReplyParts, asked?: Asked): Markup {
  if (!asked) throw new Error('a KSZ reply repeats its request, which is not there');
  const { question, rules, model, hidden } = asked;
  const content = parts.answer?.content ?? null;
  const filters = content === null || hidden.length === 0 ? null : hidden;
  const written = ({ name }: ElementModel): Content | null => {
    if (name === 'informationCBSS') return informationCbss(parts.reference, parts.at, asked.replied);
    if (name === 'status') return writeStatus(parts, asked);
    if (name === 'dataFilters') return filters && element(plain(name), filters.map(filteredElement));
    if (name === rules.filtered) return content;
    const repeated = question.children.find((child) => child.name === name);
    return repeated ? fragment(repeated.canonical()) : null;
  };
  return element(parts.response, model.children.map(written));
}

const filteredElement = (path: string) => element(plain('filteredElement'), path);

/** The ticket must be a UUID. */
export const informationCbss = (ticket: string, received: Date, replied: Date): Markup =>
  element(plain('informationCBSS'), [
    element(plain('ticketCBSS'), ticket),
    element(plain('timestampReceive'), received.toISOString()),
    element(plain('timestampReply'), replied.toISOString()),
  ]);

type Field = { readonly name: string; readonly value: string | null };

function writeStatus({ answer, notices }: ReplyParts, asked: Asked): Markup {
  const said = [...notices, ...(answer?.notices ?? [])];
  const { status, notice } = decide(said, (answer?.content ?? null) !== null);
  const beside = said.filter((each) => each !== notice && status.value !== 'NO_RESULT');
  const fields = [
    ...(notice ? fieldsOf(notice, status, asked) : []),
    ...beside.map(({ number, text }) => ({ name: number, value: text })),
  ];
  return element(plain('status'), [
    element(plain('value'), status.value),
    element(plain('code'), status.code),
    notice ? element(plain('description'), notice.text.slice(0, 256)) : null,
    ...fields.slice(0, 15).map(information),
  ]);
}

/** One status tells it all: what stands in the way of an answer, or else what is missing from it. */
function decide(said: readonly Notice[], answered: boolean): { status: Status; notice: Notice | null } {
  if (answered) {
    const missing = said.find(({ number }) => makesIncomplete(number));
    return missing ? { status: INCOMPLETE, notice: missing } : { status: FOUND, notice: null };
  }
  const notice = said.find(({ type }) => type === 'FOUT') ?? null;
  if (notice === null) return { status: NOTHING, notice };
  const status = statusOf(notice.number);
  return { status: status ?? { value: 'NO_RESULT', code: notice.number.slice(0, 16) }, notice };
}

function fieldsOf(notice: Notice, { code }: Status, { question, rules }: Asked): readonly Field[] {
  const said = notice.annotations.map(({ name, value }) => ({ name, value }));
  if (said.length > 0) return said;
  const subject = subjectIn(question, rules.subject);
  if (code === 'MSG00012') {
    return [
      { name: 'details', value: notice.text },
      ...(subject ? [{ name: 'ssin', value: subject.number }] : []),
      ...[cbeNumberOf(question)].flatMap((value) => (value === null ? [] : [{ name: 'cbeNumber', value }])),
    ];
  }
  const at = notice.number === '25001' ? rules.language : notice.number === '20007' ? rules.subject : null;
  return at && code === 'MSG00008' ? [{ name: at.path.split('/').at(-1) ?? at.path, value: null }] : [];
}

export const information = ({ name, value }: Field): Markup =>
  element(plain('information'), [
    element(plain('fieldName'), name.slice(0, 64)),
    value === null ? null : element(plain('fieldValue'), value.slice(0, 256)),
  ]);

/**
 * Reads a reply that passed its schema. Only a status that says so has an answer: what stands beside another is
 * not believed.
 */
export function readReply(payload: Element, rules?: Rules): ReadReply {
  const status = payload.child('status');
  const value = (status && textAt(status, 'value')) ?? '';
  const found = value === 'DATA_FOUND' || value === 'INCOMPLETE_DATA';
  const content = found ? (payload.children.find(({ name }) => name === rules?.filtered) ?? null) : null;
  const notice = status && value !== 'DATA_FOUND' ? noticeOf(status, found, rules) : null;
  const level2 = notice?.number === '13001' ? notice : null;
  return {
    content,
    notices: notice && !level2 ? [notice] : [],
    level2: level2 ? [level2] : [],
    toReference: ticketOf(payload),
    answerReference: null,
  };
}

function noticeOf(status: Element, found: boolean, rules: Rules | undefined): Notice {
  return {
    number: numberOf(textAt(status, 'code') ?? ''),
    origin: 'KSZ',
    type: found ? 'WAARSCHUWING' : 'FOUT',
    text: textAt(status, 'description') ?? '',
    circumstance: null,
    annotations: status.children
      .filter((child) => child.name === 'information')
      .map((child) =>
        annotationOf(textAt(child, 'fieldName') ?? '', textAt(child, 'fieldValue') ?? '', rules),
      ),
    references: [],
  };
}

/** The number that replaced another is what the answer would have named as its subject: who may see that, may see this. */
function annotationOf(name: string, value: string, rules: Rules | undefined) {
  const path = rules?.answerSubject ?? null;
  return name === 'newSSIN' && path !== null ? { name, value, reference: path } : { name, value };
}

/** What a request or response is about: all but its head. */
export const questionModel = (request: ElementModel): ElementModel => ({
  ...request,
  children: request.children.filter((child) => !isHead(child)),
});
