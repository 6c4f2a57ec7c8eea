import { applyVisibility } from '../contract/apply-visibility.ts';
import { narrowed } from '../contract/narrow.ts';
import type { Visibility } from '../contract/visibility.ts';
import { dialectOf } from '../dialect/dialect.ts';
import { everyBelow } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import type { Bounded } from '../exchange/message.ts';
import type { Grant, GrantFor } from '../exchange/party.ts';
import type { Publication } from '../exchange/publication.ts';
import type { FrozenPull, Pull, Pulled } from '../exchange/pull.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Compute } from '../exchange/source.ts';
import type { Delivered, Subscription } from '../exchange/subscription.ts';
import { plain } from '../xml/names.ts';
import { element } from '../xml/write.ts';
import { recordMarkup } from './file-markup.ts';
import { publicationNamed } from './named.ts';
import { contentOf } from './service-answer.ts';
import { visibilityOf, visibleTo } from './visible.ts';

export type PullNeeds = {
  readonly publications: readonly Publication[];
  readonly subscriptions: () => readonly Subscription[];
  readonly grantFor: GrantFor;
  readonly pull: Pull;
  /** A UUID, another each time. */
  readonly randomId: () => string;
};

/** The publication whose content the contract of the answer repeats. */
const TOLD = { publication: 'PubliceerMutatiePersoon', version: '02.02' };

/**
 * GeefPersoonMutatiesNotificaties: a subscriber asks itself for what its files would hold, some at a time. What was
 * given once is given again, the same, until the subscriber says that it arrived: it sends the Ontvangstreferte back,
 * and gets what comes next. Of what it has no right to any more since, it sees nothing.
 *
 * @throws Refusal 20005, 30001 without such a subscription, 13001 without a grant for the publication today, 15021 where
 * that hides about whom a change is, 30014, 30016
 */
export function geefPersoonMutatiesNotificaties(needs: PullNeeds): Compute {
  return async function geefPersoonMutatiesNotificaties(message) {
    const { content } = dialectOf(message.service.rules).readQuestion(message.question);
    assertOwn(content, message);
    const subscriptions = needs.subscriptions().filter((each) => isAskedFor(each, message));
    if (!subscriptions.some(({ channel }) => channel === 'pull'))
      throw new Refusal('30001', `there is no subscription to ${TOLD.publication} that asks for it itself`);
    const publication = publicationNamed(needs.publications, TOLD);
    const grant = grantOf(message, needs);
    const question = {
      ...{ subscriptions, receipt: textAt(content, 'Ontvangstreferte'), now: message.at },
      freeze: (subscription: Subscription) => frozen(subscription, publication, grant, needs.randomId()),
    };
    const { batch, records } = found(
      await needs.pull(question).catch((cause: unknown) => {
        if (cause instanceof Refusal) throw cause;
        throw new Refusal('60009', `what waits could not be read: ${String(cause)}`, null, { cause });
      }),
    );
    const answer = contentOf(message, [
      element(plain('Onderwerpen'), records.map(recordMarkup)),
      element(plain('Ontvangstreferte'), batch.receipt),
    ]);
    const visibility = shown(publication, narrowed(batch.visible, grant.visible));
    for (const each of everyBelow(answer, `Onderwerpen/Onderwerp/Inhoud/${publication.payload.name}`))
      applyVisibility(each, visibility);
    return { content: answer, notices: [], subjects: subjectsOf(records), asked: [] };
  };
}

const textAt = (content: Element, name: string): string | null => content.child(name)?.text.trim() ?? null;

function assertOwn(content: Element, { sender }: Bounded): void {
  for (const [name, own] of [
    ['Identificatie', sender.uri],
    ['Hoedanigheid', sender.hoedanigheid],
  ] as const)
    if (textAt(content, name) !== own) throw new Refusal('20005', `${name} is not that of the Context`);
}

/** Stopped or laid down as files by now, it may have left a batch that has not arrived. */
const isAskedFor = (subscription: Subscription, { signer, sender }: Bounded) =>
  subscription.partyId === signer.party.id &&
  subscription.uri === sender.uri &&
  subscription.hoedanigheid === sender.hoedanigheid &&
  subscription.publication === TOLD.publication &&
  subscription.version === TOLD.version &&
  subscription.kind === 'mutations';

function grantOf({ signer, sender, at }: Bounded, { grantFor }: PullNeeds): Grant {
  const { uri, hoedanigheid } = sender;
  const { publication: service, version } = TOLD;
  const grant = grantFor({ partyId: signer.party.id, uri, hoedanigheid, service, version, at });
  if (grant) return grant;
  throw new Refusal('13001', `${signer.party.name} holds no grant for ${service} ${version} as ${uri} today`);
}

function frozen(
  { filter, legalBasis }: Subscription,
  publication: Publication,
  grant: Grant,
  receipt: string,
): FrozenPull {
  const visible = visibleTo(publication, grant.visible, filter);
  // Before anything is given: what can never be shown must not be taken out of what waits.
  shown(publication, visible);
  return { receipt, visible, grantId: grant.id, legalBasis };
}

function shown(publication: Publication, visible: readonly string[]): Visibility {
  try {
    return visibilityOf(publication, visible);
  } catch (cause) {
    throw new Refusal('15021', cause instanceof Error ? cause.message : String(cause), null, { cause });
  }
}

function found(pulled: Pulled): Exclude<Pulled, string> {
  if (pulled === 'wrong receipt')
    throw new Refusal(
      '30014',
      'the Ontvangstreferte is neither that of the last answer nor of the one before',
    );
  if (pulled === 'nothing') throw new Refusal('30016', 'everything that there is to tell was told');
  return pulled;
}

const subjectsOf = (records: readonly Delivered[]) => [
  ...new Map(records.map(({ subject }) => [subject.number, subject])).values(),
];
