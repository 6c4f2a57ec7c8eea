import { localMoment } from '../../dialect/magda-time.ts';
import { below } from '../../dialect/path.ts';
import type { Bounded } from '../../exchange/message.ts';
import type { Merged, Orchestration, Steps } from '../../exchange/orchestration.ts';
import type { Reference } from '../../exchange/reference.ts';
import { asks, enterprise, enterprises, household, person } from './questions.ts';

/** A person, their household, and the enterprises in which they have a function: each from the source that keeps it. */
export const geefDossier: Orchestration = { asks, make };

async function make({ content, at }: Bounded, { ask, may, referencesTo }: Steps): Promise<Merged> {
  const insz = below(content, 'Criteria/INSZ')?.text.trim() ?? '';
  const today = localMoment(at).date;
  const begin = below(content, 'Criteria/Periode/Begin')?.text.trim() ?? today;
  const end = below(content, 'Criteria/Periode/Einde')?.text.trim() ?? today;
  const functions = { dataType: 'functies', subject: { kind: 'person', number: insz }, begin, end } as const;

  const inEach = (found: readonly Reference[]) =>
    [...new Set(found.flatMap(({ heldAs }) => heldAs ?? []))].map((number) => enterprise(number, begin, end));

  const parts = await Promise.all([
    ask(person(insz)),
    ask(household(insz)),
    may(enterprises) ? referencesTo(functions).then((found) => Promise.all(inEach(found).map(ask))) : [],
  ]);
  return { into: 'Dossier', parts: parts.flat() };
}
