import { localMoment } from '../dialect/magda-time.ts';
import { inForce } from '../exchange/controls.ts';
import type { Registered, Targeted } from '../exchange/message.ts';
import type { Subject } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Stage } from '../exchange/stage.ts';

type Needs = {
  /** Is the subject in the population of this name on this day (yyyy-mm-dd)? */
  readonly isInPopulation: (population: string, subject: Subject, on: string) => Promise<boolean>;
};

/**
 * Holds a grant that is limited to a target population to it. Where a question names nobody it cannot be told whom
 * the answer would be about, so that such a grant does not do for it.
 *
 * @throws Refusal 40005
 */
export function checkPopulation({ isInPopulation }: Needs): Stage<Registered, Targeted> {
  return async function checkPopulation(message) {
    const { grant, service, subjects } = message;
    const { population } = grant;
    if (population === null || !inForce(service.rules.controls, grant.controls).population)
      return { ...message, population: null };
    const refused = (why: string) =>
      new Refusal('40005', `grant ${grant.id} is limited to population ${population}, and ${why}`, null, {
        known: { subjects },
      });
    if (subjects.length === 0) throw refused('the question names no subject');
    const on = localMoment(message.at).date;
    for (const subject of subjects) {
      if (!(await isInPopulation(population, subject, on)))
        throw refused(`this ${subject.kind} is not in it on ${on}`);
    }
    return { ...message, population };
  };
}
