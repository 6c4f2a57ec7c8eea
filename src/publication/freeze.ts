import { localMoment } from '../dialect/magda-time.ts';
import type { Clock } from '../exchange/clock.ts';
import { covers } from '../exchange/days.ts';
import type { GrantFor } from '../exchange/party.ts';
import type { Publication } from '../exchange/publication.ts';
import type { Freeze } from '../exchange/subscription.ts';
import { publicationFileName } from './file-name.ts';
import { visibleTo } from './visible.ts';

type Needs = {
  readonly clock: Clock;
  readonly publications: readonly Publication[];
  readonly grantFor: GrantFor;
  /** A UUID, another each time. */
  readonly randomId: () => string;
};

/**
 * What a subscriber is shown in the file that is closed now, and by what right: its grant as it stands today, narrowed
 * to what it asked for. Nobody without a grant gets a file, nor does anybody while the publication is not to be had.
 */
export const freezing =
  ({ clock, publications, grantFor, randomId }: Needs): Freeze =>
  ({ partyId, uri, hoedanigheid, publication: name, version, filter, format, legalBasis }) => {
    const publication = publications.find((each) => each.name === name && each.version === version);
    const now = clock.now();
    const grant = grantFor({ partyId, uri, hoedanigheid, service: name, version, at: now });
    if (!publication || grant === null) return null;
    const { date: day } = localMoment(now);
    // What a source answers today is about today.
    if (
      publication.asks !== null &&
      !covers({ begin: grant.dataFrom, end: grant.dataUntil }, { begin: day, end: day })
    )
      return null;
    const { subject, asks } = publication;
    return {
      voucherId: randomId(),
      visible: visibleTo(publication, grant.visible, filter),
      ...{ grantId: grant.id, legalBasis },
      nameAt: (moment) => publicationFileName(publication, format, moment),
      snapshot: asks && { ...asks, kind: subject.kind, day, population: grant.population },
    };
  };
