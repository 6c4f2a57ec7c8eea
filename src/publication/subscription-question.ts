import { localMoment } from '../dialect/magda-time.ts';
import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import { kindOf, type Publication } from '../exchange/publication.ts';
import type { Subscription } from '../exchange/subscription.ts';
import { fout, type Objection } from './service-answer.ts';

/** What a consumer asks for; whose it is, is not for the question to say. */
export type Terms = Omit<Subscription, 'id' | 'partyId' | 'uri' | 'hoedanigheid' | 'stoppedAt'>;

/** As contracts have them. */
export const KINDS = { mutations: 'MUTATIES', snapshot: 'MOMENTOPNAME' } as const;

const DAY = 86_400_000;

/** The terms of a subscription that its schema has passed, with what is left out filled in; or what is wrong. */
export function readTerms(asked: Element, publication: Publication, now: Date): Terms | Objection {
  const { name, version } = publication;
  const text = (path: string) => below(asked, path)?.text.trim() ?? null;
  const [begin, end] = [text('Periode/Begin'), text('Periode/Einde')];
  const validFrom = begin === null ? now : midnight(begin);
  const lastDay = end === null ? null : midnight(end);
  if (validFrom === null || (end !== null && lastDay === null))
    return fout('20001', 'Periode: Begin or Einde is not a day');
  const validUntil = end === null ? null : midnight(end, 1);
  if (validUntil !== null && validUntil <= validFrom) return fout('20003', 'Periode: Einde is before Begin');
  const form = {
    kind: text('Soort') === 'MOMENTOPNAME' ? ('snapshot' as const) : ('mutations' as const),
    channel: text('Kanaal') === 'OPVRAGING' ? ('pull' as const) : ('files' as const),
    format: text('Formaat') === 'CSV' ? ('csv' as const) : ('xml' as const),
  };
  const problem = formProblem(form, publication);
  if (problem !== null) return fout('20009', problem);
  return {
    ...{ publication: name, version, ...form, validFrom, validUntil },
    schedule: (text('Planning') ?? '').replace(/\s+/g, ' '),
    timeZone: text('Tijdzone') ?? 'Europe/Brussels',
    filter: asked.child('Filter')?.children.map((path) => path.text.trim()) ?? [],
    legalBasis: text('Rechtsgrond') ?? '',
    emptyFiles: ['1', 'true'].includes(text('LegeBestanden') ?? ''),
    retentionDays: Number(text('Bewaartermijn') ?? 30),
  };
}

function formProblem(
  { kind, channel, format }: Pick<Terms, 'kind' | 'channel' | 'format'>,
  publication: Publication,
): string | null {
  const offered = kindOf(publication);
  if (kind !== offered) return `Soort: ${publication.name} is of ${KINDS[offered]}`;
  if (kind === 'snapshot' && channel === 'pull')
    return `Kanaal: snapshots such as ${publication.name} are laid down as files`;
  return format === 'csv' && publication.columns === null
    ? `Formaat: there is no CSV of ${publication.name}`
    : null;
}

/** The first moment of a day in Belgium, or of so many days later; null when there is no such day. */
function midnight(day: string, later = 0): Date | null {
  const utc = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(utc.getTime()) || !utc.toISOString().startsWith(day)) return null;
  const wanted = new Date(utc.getTime() + later * DAY);
  const moments = [0, 1, 2].map((hours) => new Date(wanted.getTime() - hours * 3_600_000));
  const isMidnight = (at: Date) => {
    const { date, time } = localMoment(at);
    return date === wanted.toISOString().slice(0, 10) && time === '00:00:00.000';
  };
  return moments.find(isMidnight) ?? null;
}
