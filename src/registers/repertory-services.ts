import { dialectOf } from '../dialect/dialect.ts';
import { localMoment } from '../dialect/magda-time.ts';
import { type Days, isDay } from '../exchange/days.ts';
import type { Element } from '../exchange/element.ts';
import type { Registered as Message } from '../exchange/message.ts';
import type { Registration, Subject } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Compute, Computed } from '../exchange/source.ts';
import { isStructured } from '../exchange/subject-number.ts';
import {
  acceptRegistration,
  acceptUnregistration,
  type Objection,
  objectionToRegistered,
  objectionToUnregistered,
  type RegistrationRequest,
} from './registration-rules.ts';
import { keepRepertory, type Repertory } from './repertory.ts';
import { noticeOf, writeRegistrations, writeResult } from './repertory-answer.ts';
import { readRequest } from './repertory-question.ts';

type Needs = Parameters<typeof keepRepertory>[0] & {
  readonly registrationsOf: (query: {
    readonly partyId: number;
    readonly hoedanigheid: string | null;
    readonly subject: Subject | null;
    readonly period: Days | null;
    readonly limit: number;
  }) => Promise<readonly Registration[]>;
};

/** More than any one question needs; an answer that breaks off says so. */
const MOST = 1_000;

export const repertoryNames = [
  'registreer-inschrijving',
  'registreer-uitschrijving',
  'geef-inschrijvingen',
] as const;

/** The services by which consumers keep their own registrations, by the names that `service.yaml` uses. */
export function repertoryServices(needs: Needs): ReadonlyMap<string, Compute> {
  const repertory = keepRepertory(needs);
  const compute: Record<(typeof repertoryNames)[number], Compute> = {
    'registreer-inschrijving': registreerInschrijving(repertory),
    'registreer-uitschrijving': registreerUitschrijving(repertory),
    'geef-inschrijvingen': geefInschrijvingen(needs),
  };
  return new Map(Object.entries(compute));
}

function registreerInschrijving({ register }: Repertory): Compute {
  return async function registreerInschrijving(message) {
    const { request, context, foreign } = read(message, 'Inschrijving');
    const { objection, accepted } = acceptRegistration(request, context);
    if (foreign) return refused(message, request, foreign);
    if (objection) return refused(message, request, objection);
    const { subject, period } = accepted;
    const line = {
      partyId: message.signer.party.id,
      hoedanigheid: hoedanigheidOf(message),
      subject,
      ...period,
    };
    const result = await inRepertory(register(line, { exchange: message.id }));
    return done(message, subject, objectionToRegistered(result));
  };
}

function registreerUitschrijving({ unregister }: Repertory): Compute {
  return async function registreerUitschrijving(message) {
    const { request, context, foreign } = read(message, 'Uitschrijving');
    const { objection, accepted } = acceptUnregistration(request, context);
    if (foreign) return refused(message, request, foreign);
    if (objection) return refused(message, request, objection);
    const { subject, period } = accepted;
    const key = { partyId: message.signer.party.id, hoedanigheid: hoedanigheidOf(message), subject };
    const result = await inRepertory(unregister({ ...key, ...period }, { exchange: message.id }));
    const nothing = objectionToUnregistered(result);
    return nothing ? refused(message, request, nothing) : done(message, subject, null);
  };
}

function geefInschrijvingen({ registrationsOf }: Needs): Compute {
  return async function geefInschrijvingen(message) {
    const { request, context, foreign } = read(message, 'Criteria');
    const objection = foreign ?? objectionToLooking(request, context);
    if (objection) throw new Refusal(objection.code, objection.detail);
    const [subject = null] = request.subjects;
    const lines = await inRepertory(
      registrationsOf({
        partyId: message.signer.party.id,
        hoedanigheid: hoedanigheidOf(message),
        subject,
        period: request.period,
        limit: MOST + 1,
      }),
    );
    const more = noticeOf({ code: '30040', type: 'INFORMATIE', detail: '' });
    const notices = lines.length > MOST ? [more] : [];
    return {
      content: writeRegistrations(message, lines.slice(0, MOST).toSorted(byBegin)),
      notices,
      subjects: request.subjects,
      asked: [],
    };
  };
}

const byBegin = (one: Registration, other: Registration) =>
  one.begin < other.begin ? -1 : Number(one.begin > other.begin);

/** Somebody's own files only, and about one subject at the most. */
function objectionToLooking(request: RegistrationRequest, context: Context): Objection | null {
  const { uri, hoedanigheid, subjects, period } = request;
  if (uri !== context.uri) return fout('20005', 'Identificatie is not that of the Context');
  if (hoedanigheid !== context.hoedanigheid) return fout('20005', 'Hoedanigheid is not that of the Context');
  const [subject, ...others] = subjects;
  if (others.length > 0) return fout('40035', `${subjects.length} subjects`);
  if (subject && !isStructured(subject)) {
    return fout(subject.kind === 'person' ? '20002' : '20007', 'the check digits do not fit the number');
  }
  const days = [period?.begin ?? null, period?.end ?? null].filter((day) => day !== null);
  if (!days.every(isDay)) return fout('20001', 'Begin or Einde is not a day');
  if (period?.begin && period.end && period.begin > period.end) return fout('20003', 'Begin is after Einde');
  return null;
}

const fout = (code: Objection['code'], detail: string): Objection => ({ code, type: 'FOUT', detail });

type Context = { readonly uri: string; readonly hoedanigheid: string | null; readonly today: string };

type Read = {
  readonly request: RegistrationRequest;
  readonly context: Context;
  /** What is wrong when it names a subject of another kind than the repertory holds. */
  readonly foreign: Objection | null;
};

function read(message: Message, name: string): Read {
  const asked: Element | null = dialectOf(message.service.rules)
    .readQuestion(message.question)
    .content.child(name);
  if (!asked) throw new Error(`a question without ${name} passed its schema`);
  const { uri, hoedanigheid } = message.sender;
  const { foreign, ...request } = readRequest(asked);
  return {
    request,
    context: { uri, hoedanigheid, today: localMoment(message.at).date },
    foreign: foreign.length > 0 ? fout('40034', `subjects of type ${foreign.join(', ')}`) : null,
  };
}

/** The rules demand that the question's is the Context's, and the question's schema that it has one. */
function hoedanigheidOf({ sender }: Message): string {
  if (sender.hoedanigheid === null) throw new Error('a request without Hoedanigheid was accepted');
  return sender.hoedanigheid;
}

const refused = (message: Message, { subjects }: RegistrationRequest, objection: Objection): Computed => ({
  content: writeResult(message, false),
  notices: [noticeOf(objection)],
  subjects: subjects.filter(isStructured),
  asked: [],
});

const done = (message: Message, subject: Subject, objection: Objection | null): Computed => ({
  content: writeResult(message, true),
  notices: objection ? [noticeOf(objection)] : [],
  subjects: [subject],
  asked: [],
});

/** What the database could not do was not done, whole; a client may ask the same again. */
async function inRepertory<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new Refusal('40088', `the repertory failed: ${String(cause)}`, null, { cause });
  }
}
