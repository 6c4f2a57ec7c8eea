import type { Subject, SubjectKind } from './party.ts';
import type {
  ClosedFile,
  FileFormat,
  MutationType,
  PublicationKind,
  PublishedRecord,
  SnapshotQuestion,
} from './publication.ts';

/** Who is to be told of what changed, and what becomes of the files in which they find it. */

/** The name of a publication and its version, NN.NN; a grant for the two is the right to it. */
export type PublicationName = { readonly publication: string; readonly version: string };

/** What a party wants to hear of the subjects it has registered, when, and in what form. */
export type Subscription = PublicationName & {
  readonly id: number;
  readonly partyId: number;
  readonly uri: string;
  /** null: registrations in whatever capacity. */
  readonly hoedanigheid: string | null;
  readonly kind: PublicationKind;
  /** Cron, five fields, read in `timeZone`; '' with the channel `pull`, which needs none. */
  readonly schedule: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly format: FileFormat;
  /** Schema paths that narrow what the grant shows; none: as the grant has it. */
  readonly filter: readonly string[];
  readonly legalBasis: string;
  /** Whether its files are laid down, or it asks for them itself. */
  readonly channel: 'files' | 'pull';
  /** Whether there is a file when there is nothing to tell. */
  readonly emptyFiles: boolean;
  readonly retentionDays: number;
  readonly validFrom: Date;
  /** Exclusive; null is open-ended. */
  readonly validUntil: Date | null;
  /** null: it runs. */
  readonly stoppedAt: Date | null;
};

/** A change as its source tells it. */
export type NewMutation = PublicationName & {
  /** The source's own; the same one again is the same mutation. */
  readonly reference: string;
  readonly subject: Subject;
  /** yyyy-mm-dd; who is registered on this day hears of it. */
  readonly occurredOn: string;
  readonly type: MutationType;
  /** The element that is published, in exclusive canonical XML. */
  readonly content: string;
};

/** A record with what the store knows of it; the order of the deliveries is the order in the file. */
export type Delivered = PublishedRecord & {
  readonly deliveryId: number;
  readonly subject: Subject;
  readonly acceptedAt: Date;
};

/**
 * asking: of a snapshot, whom it is about is fixed, and they are asked about; closed: its records are fixed; written: it lies there; failed: it could not be
 * written, and may be tried again.
 */
export type FileState = 'asking' | 'closed' | 'written' | 'collected' | 'acknowledged' | 'expired' | 'failed';

/** A row of `publication_file`; its sequence counts from 1, per party, publication and version, without gaps. */
export type PublicationFile = ClosedFile & {
  readonly subscriptionId: number;
  readonly state: FileState;
  readonly records: number | null;
  readonly size: number | null;
  readonly sha256: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly writtenAt: Date | null;
  readonly collectedAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly expiresAt: Date;
};

/** What is fixed of a file in the moment it is closed, beside its records. */
export type Frozen = Pick<PublicationFile, 'voucherId' | 'visible' | 'grantId' | 'legalBasis'> & {
  /** The file's name when it is of this moment: a later one is asked for when the name is taken. */
  readonly nameAt: (moment: Date) => string;
  /** null: not a snapshot. */
  readonly snapshot: FrozenSnapshot | null;
};

/** About whom a snapshot is, and what is asked about each of them. */
export type FrozenSnapshot = Pick<SnapshotQuestion, 'service' | 'version' | 'question'> & {
  readonly kind: SubjectKind;
  /** yyyy-mm-dd: everybody who is registered on this day. */
  readonly day: string;
  /** To whom the grant is limited; null: to nobody. */
  readonly population: string | null;
};

/** null: the subscriber has no right to a file today; what waits for it goes on waiting. */
export type Freeze = (subscription: Subscription, cutOff: Date) => Frozen | null;

/** Something that happened to a file, or between a party and us; the audit of pick-ups. */
export type FileEvent = {
  /** null: of a file that a party laid down. */
  readonly fileId: number | null;
  readonly partyId: number;
  readonly what:
    | 'closed'
    | 'written'
    | 'opened'
    | 'picked-up'
    | 'laid-down'
    | 'moved'
    | 'acknowledged'
    | 'refused'
    | 'reissued'
    | 'expiring'
    | 'expired'
    | 'intake-accepted'
    | 'intake-rejected';
  /** sftp, https, soap … ; null when it was the bus itself. */
  readonly channel: string | null;
  readonly remoteAddress: string | null;
  readonly at: Date;
  readonly detail: string | null;
};
