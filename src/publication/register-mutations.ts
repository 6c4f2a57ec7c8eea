import { dialectOf } from '../dialect/dialect.ts';
import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import type { Publication } from '../exchange/publication.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Compute } from '../exchange/source.ts';
import type { NewMutation } from '../exchange/subscription.ts';
import { readNotifications } from './notifications.ts';
import { declined, done, fout, type Objection } from './service-answer.ts';

export type AcceptNeeds = {
  readonly publications: readonly Publication[];
  /** How the bus names itself in what it sends. */
  readonly speaker: string;
  /** All or nothing; an error named ReferenceReused has the `references` that stand for something else. */
  readonly acceptMutations: (
    batch: readonly NewMutation[],
    authorPartyId: number,
  ) => Promise<{ readonly accepted: number; readonly duplicates: number }>;
};

/** RegistreerMutatieNotificatie: a source tells what changed. All of a message is taken, or nothing. */
export function registreerMutatieNotificatie(needs: AcceptNeeds): Compute {
  return async function registreerMutatieNotificatie(message) {
    const { content } = dialectOf(message.service.rules).readQuestion(message.question);
    const publication = publicationIn(content, needs.publications);
    if ('code' in publication) return declined(message, [], [publication]);
    if (publication.asks !== null)
      return declined(
        message,
        [],
        [fout('40034', `${publication.name} is of MOMENTOPNAME: nobody tells changes of it`)],
      );
    const told = content.child('Notificaties');
    if (!told) throw new Error('a question without Notificaties passed its schema');
    const { mutations, subjects, objections } = readNotifications(told, publication, needs.speaker);
    if (objections.length > 0) return declined(message, subjects, objections);
    try {
      const { duplicates } = await needs.acceptMutations(mutations, message.signer.party.id);
      return done(message, subjects, duplicates > 0 ? [known(duplicates, mutations.length)] : []);
    } catch (error) {
      const reused = reusedIn(error);
      if (reused) return declined(message, subjects, [fout('40144', reused.join(', '))]);
      throw new Refusal('60009', `the mutations could not be kept: ${String(error)}`, null, { cause: error });
    }
  };
}

const known = (duplicates: number, all: number): Objection => ({
  ...{ code: '40145', type: 'WAARSCHUWING', circumstance: `${duplicates} / ${all}` },
});

export const reusedIn = (error: unknown): readonly unknown[] | null =>
  error instanceof Error &&
  error.name === 'ReferenceReused' &&
  'references' in error &&
  Array.isArray(error.references)
    ? error.references
    : null;

/** The publication that a question names below `Publicatie`. */
export function publicationIn(
  content: Element,
  publications: readonly Publication[],
): Publication | Objection {
  const name = below(content, 'Publicatie/Naam')?.text.trim() ?? '';
  const version = below(content, 'Publicatie/Versie')?.text.trim() ?? '';
  const found = publications.find((each) => each.name === name && each.version === version);
  return found ?? fout('40034', `there is no publication ${name} ${version}`);
}
