import { dialectOf } from '../dialect/dialect.ts';
import { localMoment } from '../dialect/magda-time.ts';
import { inForce, type PeriodControl } from '../exchange/controls.ts';
import { common, covers, type Days, joined } from '../exchange/days.ts';
import type { Bounded, Notice, Targeted } from '../exchange/message.ts';
import type { Subject } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Stage } from '../exchange/stage.ts';
import { writtenTree } from '../xml/written-tree.ts';
import { type Changes, withChanges } from './cut-question.ts';
import { questionDays } from './question-days.ts';

type Needs = {
  /** The days on which the party, in this capacity (null: any), has or will have a file on the subject. */
  readonly registeredDays: (
    partyId: number,
    hoedanigheid: string | null,
    subject: Subject,
  ) => Promise<readonly Days[]>;
};

/**
 * Holds the days that a question is about to those that may be consulted: on which the party has a file, where it
 * must have one, and of which the grant says so. What is outside is refused or cut off, as the service or the grant
 * says; of several stretches that may be consulted the latest is left, since a question is about one.
 *
 * @throws Refusal 40004 when days are outside that are not cut off, or nothing would be left
 */
export function checkPeriod({ registeredDays }: Needs): Stage<Targeted, Bounded> {
  return async function checkPeriod(message) {
    const { rules } = message.service;
    const { grant, subjects } = message;
    const { content } = dialectOf(rules).readQuestion(message.question);
    const uncut = { ...message, content, cautions: [] };
    const { period, registration } = inForce(rules.controls, grant.controls);
    const limits: Days = { begin: grant.dataFrom, end: grant.dataUntil };
    const today = localMoment(message.at).date;
    if (!period) {
      // What names no period is about today, and a grant on other days does not do for it.
      const now = { begin: today, end: today };
      if (grant.controls.period === 'off' || covers(limits, now)) return uncut;
      throw outside(now, `grant ${grant.id} is for data ${inWords(limits)}`, subjects);
    }
    const asked = knowing(subjects, () => questionDays(content, period, today));
    const [subject] = subjects;
    const registered =
      registration && subject
        ? await registeredDays(message.signer.party.id, message.sender.hoedanigheid, subject)
        : [EVER];
    const allowed = joined(registered).flatMap((days) => common(days, limits) ?? []);
    if (allowed.some((days) => covers(days, asked))) return uncut;
    const left = allowed.flatMap((days) => common(days, asked) ?? []).at(-1);
    const why = `allowed is ${allowed.map(inWords).join(' and ') || 'no day'} (grant ${grant.id}, ${rules.name})`;
    const changes = left && rules.dialect === 'magda' ? cutting(period, asked, left) : null;
    if (period.outside === 'refuse' || !left || !changes) throw outside(asked, why, subjects);
    return { ...message, content: cut(message, changes), cautions: [caution(asked, left)] };
  };
}

const EVER: Days = { begin: null, end: null };

const inWords = ({ begin, end }: Days) => `from ${begin ?? 'ever'} until ${end ?? 'ever'}`;

const outside = (asked: Days, why: string, subjects: readonly Subject[]) =>
  new Refusal('40004', `the question is about data ${inWords(asked)}; ${why}`, null, { known: { subjects } });

/** What is wrong with the period itself is kept with whom the question was about. */
function knowing(subjects: readonly Subject[], read: () => Days): Days {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.code, error.message, null, { cause: error, known: { subjects } });
  }
}

/** null: a question about one day cannot say which part of it is left. */
function cutting({ paths, whole }: PeriodControl, asked: Days, left: Days): Changes | null {
  if ('on' in paths) return left.begin === left.end && left.begin ? new Map([[paths.on, left.begin]]) : null;
  const changes = new Map<string, string | null>();
  if (whole !== null && asked.begin === null && asked.end === null) changes.set(whole, null);
  if (left.begin !== asked.begin && left.begin !== null) changes.set(paths.begin, left.begin);
  if (left.end !== asked.end && left.end !== null) changes.set(paths.end, left.end);
  return changes;
}

/** The tree of the message is what was signed: what is asked instead is a tree of its own. */
function cut({ service, operation, question, ending }: Targeted, changes: Changes): Bounded['content'] {
  const dialect = dialectOf(service.rules);
  const request = service.contract.model(operation.request);
  if (!request)
    throw new Error(`the contract of ${service.rules.name} declares no ${operation.request.name}`);
  const { content } = dialect.readQuestion(question);
  return writtenTree(withChanges(content, dialect.questionModel(request), changes), ending);
}

const caution = (asked: Days, left: Days): Notice => ({
  number: '40004',
  origin: 'MAGDA',
  type: 'WAARSCHUWING',
  text: `De gevraagde periode is beperkt tot het toegelaten deel: ${dutch(left)}.`,
  circumstance: `gevraagd: ${dutch(asked)}`,
  annotations: [],
  references: [],
});

const dutch = ({ begin, end }: Days) =>
  `${begin === null ? '' : `van ${begin} `}${end === null ? '' : `tot en met ${end}`}`.trim() || 'alles';
