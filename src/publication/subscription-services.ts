import { compileVisibility } from '../contract/visibility.ts';
import { dialectOf } from '../dialect/dialect.ts';
import { localMoment } from '../dialect/magda-time.ts';
import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import type { Bounded } from '../exchange/message.ts';
import type { GrantFor } from '../exchange/party.ts';
import type { Publication } from '../exchange/publication.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Compute, Computed } from '../exchange/source.ts';
import type { Subscription } from '../exchange/subscription.ts';
import { plain } from '../xml/names.ts';
import { type Content, element } from '../xml/write.ts';
import { publicationIn } from './register-mutations.ts';
import { contentOf, declined, done, fout } from './service-answer.ts';
import { KINDS, readTerms } from './subscription-question.ts';

export type SubscriptionNeeds = {
  readonly publications: readonly Publication[];
  readonly subscriptions: () => readonly Subscription[];
  readonly grantFor: GrantFor;
  /** What is wrong with a schedule; null when it will come. */
  readonly scheduleProblem: (
    schedule: Pick<Subscription, 'schedule' | 'timeZone' | 'channel'>,
    now: Date,
  ) => string | null;
  /** Throws an error named ChangeRefused when the same one runs already. */
  readonly addSubscription: (subscription: Omit<Subscription, 'id'>, who: string) => Promise<Subscription>;
  readonly stopSubscription: (id: number, at: Date, who: string) => Promise<Subscription | null>;
};

/** RegistreerAbonnement: a consumer subscribes in its own name, to what it has a grant for today. */
export function registreerAbonnement(needs: SubscriptionNeeds): Compute {
  return async function registreerAbonnement(message) {
    const asked = contentIn(message).child('Abonnement');
    if (!asked) throw new Error('a question without Abonnement passed its schema');
    const publication = publicationIn(asked, needs.publications);
    if ('code' in publication) return declined(message, [], [publication]);
    const terms = readTerms(asked, publication, message.at);
    if ('code' in terms) return declined(message, [], [terms]);
    const problem = needs.scheduleProblem(terms, message.at) ?? filterProblem(publication, terms.filter);
    if (problem !== null) return declined(message, [], [fout('20009', problem)]);
    refuseWithoutGrant(message, publication, needs);
    const { uri, hoedanigheid } = message.sender;
    const wanted = { ...terms, partyId: message.signer.party.id, uri, hoedanigheid, stoppedAt: null };
    try {
      const { id } = await needs.addSubscription(wanted, `exchange ${message.id}`);
      return done(message, [], [], [element(plain('Nummer'), String(id))]);
    } catch (error) {
      if (!isRefused(error)) throw failed(error);
      const same = needs.subscriptions().find((each) => isSame(each, wanted));
      return declined(message, [], [fout('40146', `Nummer ${same?.id ?? ''}`.trim())]);
    }
  };
}

/** StopAbonnement: of one's own only; that of another is not there. Stopping twice is stopping once. */
export function stopAbonnement(needs: SubscriptionNeeds): Compute {
  return async function stopAbonnement(message) {
    const number = Number(contentIn(message).child('Nummer')?.text);
    const found = needs.subscriptions().find((each) => each.id === number && isOwn(each, message));
    if (!found) return declined(message, [], [fout('30001', `Nummer ${number}`)]);
    await needs.stopSubscription(number, message.at, `exchange ${message.id}`).catch((error: unknown) => {
      throw failed(error);
    });
    return done(message, []);
  };
}

/** GeefAbonnementen: one's own, in the capacity in which one asks. */
export function geefAbonnementen({ subscriptions }: SubscriptionNeeds): Compute {
  return async function geefAbonnementen(message): Promise<Computed> {
    const criteria = contentIn(message).child('Criteria');
    const name = criteria && below(criteria, 'Publicatie/Naam')?.text.trim();
    const version = criteria && below(criteria, 'Publicatie/Versie')?.text.trim();
    const stoppedToo = ['1', 'true'].includes(criteria?.child('OokGestopte')?.text.trim() ?? '');
    const found = subscriptions().filter(
      (each) =>
        isOwn(each, message) &&
        (!name || (each.publication === name && each.version === version)) &&
        (stoppedToo || each.stoppedAt === null),
    );
    const content = contentOf(message, [element(plain('Abonnementen'), found.map(markupOf))]);
    return { content, notices: [], subjects: [], asked: [] };
  };
}

const contentIn = (message: Bounded): Element =>
  dialectOf(message.service.rules).readQuestion(message.question).content;

const isOwn = ({ partyId, uri, hoedanigheid }: Subscription, { signer, sender }: Bounded) =>
  partyId === signer.party.id && uri === sender.uri && hoedanigheid === sender.hoedanigheid;

const isSame = (one: Subscription, other: Omit<Subscription, 'id'>) =>
  one.partyId === other.partyId &&
  one.uri === other.uri &&
  one.hoedanigheid === other.hoedanigheid &&
  one.publication === other.publication &&
  one.version === other.version &&
  one.kind === other.kind &&
  one.stoppedAt === null;

const isRefused = (error: unknown) => error instanceof Error && error.name === 'ChangeRefused';

const failed = (cause: unknown) =>
  new Refusal('60009', `the subscription could not be kept: ${String(cause)}`, null, { cause });

function filterProblem({ payload }: Publication, filter: readonly string[]): string | null {
  if (filter.length === 0) return null;
  const wrong = compileVisibility(payload, filter).problems.find((text) => !text.includes(' is not shown: '));
  return wrong === undefined ? null : `Filter: ${wrong}`;
}

function refuseWithoutGrant(
  { signer, sender, at }: Bounded,
  { name, version }: Publication,
  { grantFor }: SubscriptionNeeds,
): void {
  const { uri, hoedanigheid } = sender;
  if (grantFor({ partyId: signer.party.id, uri, hoedanigheid, service: name, version, at })) return;
  const detail = `${signer.party.name} holds no grant for ${name} ${version} as ${sender.uri} today`;
  throw new Refusal('13001', detail);
}

const text = (name: string, value: string) => element(plain(name), value);

function markupOf(subscription: Subscription): Content {
  const { publication, version, filter, validFrom, validUntil, stoppedAt } = subscription;
  const stopped = stoppedAt && localMoment(stoppedAt);
  // The last day is the one before the moment at which it is over.
  const lastDay = validUntil && localMoment(new Date(validUntil.getTime() - 1)).date;
  return element(plain('Abonnement'), [
    text('Nummer', String(subscription.id)),
    element(plain('Voorwaarden'), [
      element(plain('Publicatie'), [text('Naam', publication), text('Versie', version)]),
      text('Soort', KINDS[subscription.kind]),
      subscription.schedule === '' ? null : text('Planning', subscription.schedule),
      text('Tijdzone', subscription.timeZone),
      text('Formaat', subscription.format.toUpperCase()),
      filter.length === 0
        ? null
        : element(
            plain('Filter'),
            filter.map((path) => text('Pad', path)),
          ),
      text('Rechtsgrond', subscription.legalBasis),
      text('Kanaal', subscription.channel === 'pull' ? 'OPVRAGING' : 'BESTAND'),
      text('LegeBestanden', String(subscription.emptyFiles)),
      text('Bewaartermijn', String(subscription.retentionDays)),
      element(plain('Periode'), [
        text('Begin', localMoment(validFrom).date),
        lastDay ? text('Einde', lastDay) : null,
      ]),
    ]),
    stopped ? element(plain('Gestopt'), [text('Datum', stopped.date), text('Tijd', stopped.time)]) : null,
  ]);
}
