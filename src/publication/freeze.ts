import type { Clock } from '../exchange/clock.ts';
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
    const grant = grantFor({ partyId, uri, hoedanigheid, service: name, version, at: clock.now() });
    if (!publication || grant === null) return null;
    return {
      voucherId: randomId(),
      visible: visibleTo(publication, grant.visible, filter),
      ...{ grantId: grant.id, legalBasis },
      nameAt: (moment) => publicationFileName(publication, format, moment),
    };
  };
