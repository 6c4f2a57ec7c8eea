import { type Days, isDay } from '../exchange/days.ts';
import type { Subject } from '../exchange/party.ts';
import type { Period } from '../exchange/periods.ts';
import { isStructured } from '../exchange/subject-number.ts';
import type { Registered, Unregistered } from './repertory.ts';

/** What is wrong with a request, or worth a warning; the numbers are MAGDA's and their texts the refusal table's. */
export type Objection = {
  readonly code: ObjectionCode;
  readonly type: 'FOUT' | 'WAARSCHUWING' | 'INFORMATIE';
  /** For the audit, never for the sender. */
  readonly detail: string;
};

export type ObjectionCode =
  | '20001'
  | '20002'
  | '20003'
  | '20004'
  | '20005'
  | '20006'
  | '20007'
  | '30034'
  | '30040'
  | '40003'
  | '40034'
  | '40035'
  | '40143';

/** A request as a message put it, before anything of it is believed; a number or a day may be any text. */
export type RegistrationRequest = {
  readonly uri: string;
  readonly hoedanigheid: string | null;
  readonly subjects: readonly Subject[];
  /** null: the message has no Periode. */
  readonly period: Days | null;
};

/** What the message's Context says of its sender, and the day it is in Belgium (yyyy-mm-dd). */
export type RegistrationContext = {
  readonly uri: string;
  readonly hoedanigheid: string | null;
  readonly today: string;
};

/** The one subject and the days that a request comes down to when nothing is wrong with it. */
export type Accepted<Days> =
  | { readonly objection: Objection; readonly accepted: null }
  | { readonly objection: null; readonly accepted: { readonly subject: Subject; readonly period: Days } };

/** No file is older than the register of persons could make its subject. */
const EARLIEST = '1900-01-01';

const fout = (code: ObjectionCode, detail: string): Objection => ({ code, type: 'FOUT', detail });

const refused = (objection: Objection) => ({ objection, accepted: null });
const accept = <Days>(subject: Subject, period: Days) => ({ objection: null, accepted: { subject, period } });

const ofSender = (request: RegistrationRequest, context: RegistrationContext): Objection | null => {
  if (request.uri !== context.uri) return fout('20005', 'Identificatie is not that of the Context');
  if (request.hoedanigheid !== context.hoedanigheid) {
    return fout('20005', 'Hoedanigheid is not that of the Context');
  }
  return null;
};

const theSubject = ([subject, ...others]: readonly Subject[]): Subject | Objection => {
  if (!subject) return fout('40034', 'no subject');
  if (others.length > 0) return fout('40035', `${others.length + 1} subjects`);
  if (isStructured(subject)) return subject;
  return fout(subject.kind === 'person' ? '20002' : '20007', 'the check digits do not fit the number');
};

/** What both kinds of request have to get right: who asks, and about whom. */
const subjectOf = (request: RegistrationRequest, context: RegistrationContext): Subject | Objection =>
  ofSender(request, context) ?? theSubject(request.subjects);

const ofDays = ({ begin, end }: Days): Objection | null => {
  if (begin !== null && !isDay(begin)) return fout('20001', 'Begin is not a day');
  if (end !== null && !isDay(end)) return fout('20001', 'Einde is not a day');
  if (begin !== null && end !== null && begin > end) return fout('20003', `Begin ${begin}, Einde ${end}`);
  if (begin !== null && begin < EARLIEST) return fout('20006', `Begin ${begin} is before ${EARLIEST}`);
  return null;
};

/**
 * Whether a registration may be written. A person needs a period, which may end later or never but has begun:
 * nobody handles a file tomorrow already. An enterprise has none and is registered from today on.
 */
export const acceptRegistration = (
  request: RegistrationRequest,
  context: RegistrationContext,
): Accepted<Period> => {
  const { period } = request;
  const subject = subjectOf(request, context);
  if ('code' in subject) return refused(subject);
  if (subject.kind === 'enterprise') {
    if (period) return refused(fout('30034', 'a period for an enterprise'));
    return accept(subject, { begin: context.today, end: null });
  }
  if (!period) return refused(fout('40034', 'no period for a person'));
  const { begin, end } = period;
  if (begin === null) return refused(fout('20004', 'a period without Begin'));
  const days = ofDays(period);
  if (days) return refused(days);
  if (begin > context.today) return refused(fout('20006', `Begin ${begin} is later than ${context.today}`));
  return accept(subject, { begin, end });
};

/**
 * Whether lines may be taken away. Without Periode all of them are. A Periode has to name a day, or a sender that
 * forgot to fill it in would lose everything; one that ends in the future is an open one written wrongly.
 */
export const acceptUnregistration = (
  request: RegistrationRequest,
  context: RegistrationContext,
): Accepted<Days> => {
  const { period } = request;
  const subject = subjectOf(request, context);
  if ('code' in subject) return refused(subject);
  if (!period) return accept(subject, { begin: null, end: null });
  if (subject.kind === 'enterprise') return refused(fout('30034', 'a period for an enterprise'));
  const { begin, end } = period;
  if (begin === null && end === null) return refused(fout('20004', 'a period without Begin and Einde'));
  const days = ofDays(period);
  if (days) return refused(days);
  if (end !== null && end > context.today) {
    return refused(fout('20004', `Einde ${end} is later than ${context.today}`));
  }
  return accept(subject, { begin, end });
};

/** The warning that goes with a registration which changed nothing. */
export const objectionToRegistered = ({ outcome, line }: Registered): Objection | null =>
  outcome === 'already'
    ? {
        code: '40143',
        type: 'WAARSCHUWING',
        detail: `registered from ${line.begin} until ${line.end ?? 'on'}`,
      }
    : null;

/** An unregistration that met no line did not do what was asked. */
export const objectionToUnregistered = ({ removed, shortened }: Unregistered): Objection | null =>
  removed.length + shortened.length === 0 ? fout('40003', 'no registration in this period') : null;
