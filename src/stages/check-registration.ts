import { dialectOf } from '../dialect/dialect.ts';
import { localMoment } from '../dialect/magda-time.ts';
import { below } from '../dialect/path.ts';
import { subjectIn } from '../dialect/subject.ts';
import { inForce } from '../exchange/controls.ts';
import type { Authorised, Registered } from '../exchange/message.ts';
import type { Subject } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Stage } from '../exchange/stage.ts';
import { isStructured } from '../exchange/subject-number.ts';

type Needs = {
  /** Does the party, in this capacity (null: any), have a file on the subject on this day (yyyy-mm-dd)? */
  readonly isRegistered: (
    partyId: number,
    hoedanigheid: string | null,
    subject: Subject,
    on: string,
  ) => Promise<boolean>;
};

/** Reads about whom the question is, in a language that is spoken here, and demands that the party has a file on them. */
export function checkRegistration({ isRegistered }: Needs): Stage<Authorised, Registered> {
  return async function checkRegistration(message) {
    const { rules } = message.service;
    const { content } = dialectOf(rules).readQuestion(message.question);
    const language = rules.language && below(content, rules.language.path)?.text.trim().toLowerCase();
    if (rules.language && language && !rules.language.allowed.includes(language)) {
      throw new Refusal('25001', `language ${language}`);
    }
    const subject = subjectIn(content, rules.subject);
    const demanded = inForce(rules.controls, message.grant.controls).registration;
    if (!subject && demanded) throw new Refusal('40003', 'the question names no subject to look for');
    if (!subject) return { ...message, subjects: [] };
    if (!isStructured(subject)) {
      throw new Refusal(
        subject.kind === 'person' ? '20002' : '20007',
        'the check digits do not fit the number',
      );
    }
    if (demanded) {
      const on = localMoment(message.at).date;
      const { party } = message.signer;
      if (!(await isRegistered(party.id, message.sender.hoedanigheid, subject, on))) {
        const detail = `${party.name} has no registration for this ${subject.kind} on ${on}`;
        throw new Refusal('40003', detail, null, { known: { subjects: [subject] } });
      }
    }
    return { ...message, subjects: [subject] };
  };
}
