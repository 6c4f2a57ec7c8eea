import type { Violation } from './contract.ts';
import type { Element } from './element.ts';
import type { Identity } from './party.ts';
import type { RefusalCode } from './refusal.ts';
import type { Direction } from './voucher.ts';

/** Files that parties lay down: what each kind of them is held to, and what becomes of what stands in them. */

/**
 * received: its voucher is what it says; held: one before it has not come; validated: every record may be taken;
 * taking: it counts, some of its records are taken; taken: all are; rejected: none is, and none will be.
 */
export const intakeStates = ['received', 'held', 'validated', 'taking', 'taken', 'rejected'] as const;
export type IntakeState = (typeof intakeStates)[number];

/** What the party that laid a file down is told of it. */
export const receiptStatuses = ['WAITING_FOR_SEQUENCE', 'ACCEPTED', 'REJECTED', 'DUPLICATE'] as const;
export type ReceiptStatus = (typeof receiptStatuses)[number];

/** A row of `intake`: one file that a party laid down, as its voucher has it and as far as it has come. */
export type Intake = {
  readonly id: number;
  readonly partyId: number;
  /** UUID; of a voucher that could not be read its SHA-256, in hex. */
  readonly voucherId: string;
  /** In whose name the party sends it. */
  readonly uri: string;
  readonly hoedanigheid: string | null;
  readonly legalBasis: string;
  /** Name of what is sent, and its version NN.NN; '' of a voucher that could not be read. */
  readonly service: string;
  readonly version: string;
  /** From 1, without a gap, for each party, service and version. */
  readonly sequence: number;
  /** Of the data file, as the party named it. */
  readonly fileName: string;
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly records: number;
  readonly state: IntakeState;
  /** How many of its records, from the first on, were taken. */
  readonly takenRecords: number;
  /** Of those, how many were known already. */
  readonly duplicates: number;
  /** Why it waits or was rejected, or what was left out of it: as the receipt says it. */
  readonly problems: readonly IntakeProblem[];
  /** What the party was told last; null: nothing yet. */
  readonly receipt: ReceiptStatus | null;
  readonly at: Date;
  /** When it was taken or rejected. */
  readonly endedAt: Date | null;
  /** When what was laid down, and its receipt, were taken away. */
  readonly clearedAt: Date | null;
};

/** One thing that is wrong with a file, in terms that its sender can mend it by. */
export type IntakeProblem = {
  readonly code: IntakeCode;
  /** From 1; null: it is about the file or its voucher. */
  readonly record: number | null;
  /** What the sender calls the record; null where it has no name, or none that can be read. */
  readonly reference: string | null;
  readonly detail: string;
};

/** Why a file is not taken, beside the codes that messages are refused with. */
export const intakeCodes = {
  VOUCHER_MALFORMED: 'De voucher is geen toegelaten XML.',
  VOUCHER_SCHEMA: 'De voucher voldoet niet aan zijn schema.',
  VOUCHER_SIGNATURE: 'De handtekening van de voucher kan niet vertrouwd worden.',
  VOUCHER_SENDER: 'De voucher is niet van de partij in wiens map hij lag.',
  VOUCHER_ENVIRONMENT: 'De voucher is van een andere omgeving.',
  VOUCHER_CONTENT: 'De voucher zegt niet wat hier aanvaard wordt.',
  SEQUENCE_USED: 'Het volgnummer werd al gebruikt.',
  SEQUENCE_AHEAD: 'Een voorgaand volgnummer ontbreekt nog.',
  FILE_MISSING: 'Het bestand ligt niet bij zijn voucher.',
  FILE_DIFFERS: 'Het bestand is niet wat de voucher zegt.',
  FILE_MALFORMED: 'Het bestand is geen toegelaten XML.',
  RECORD_SCHEMA: 'Een record voldoet niet aan het schema.',
  RECORD_REPEATED: 'Een referte komt meermaals voor in het bestand.',
  ALREADY_RECEIVED: 'Deze voucher werd al ontvangen.',
} as const;
export type IntakeCode = keyof typeof intakeCodes | RefusalCode;

/** The element that is one record. */
export type RecordShape = {
  readonly name: string;
  /** How deep it stands; the root: 1. */
  readonly depth: number;
  /** How many the schema lets one document hold, at the most; what is held against it has no more. */
  readonly most: number;
};

/** Some of a file's records, in a document that is as the whole file would be with these alone. It lives until the work on it ends. */
export type Handful = {
  readonly root: Element;
  readonly records: readonly Element[];
  /** How many records of the file come before them. */
  readonly from: number;
};

/**
 * One kind of file: everything the bus must know of it beside what is common to all. The file is first read to its
 * end, each handful held against `violations` and `examine`; only then is it read again and taken, handful by handful.
 */
export type IntakeFlow = {
  readonly service: string;
  /** NN.NN */
  readonly version: string;
  readonly direction: Direction;
  /** The root element's local name, as vouchers have it in messageType. */
  readonly messageType: string;
  /** What vouchers have in schemaLocation; null: whatever they say. */
  readonly schemaLocation: string | null;
  readonly record: RecordShape;
  /** Whether the party may lay such a file down in this name, at that moment; why not, when it may not. */
  readonly denial: (sender: Identity & { readonly partyId: number }, at: Date) => IntakeProblem | null;
  readonly violations: (root: Element) => readonly Violation[];
  /** What the sender calls a record. */
  readonly referenceOf: (record: Element) => string | null;
  /** Made anew for each reading of a file; called with its handfuls, which fit the schema, in their order. */
  readonly examiner: (file: Intake) => (some: Handful) => Promise<readonly IntakeProblem[]>;
  /**
   * Takes a handful, in one transaction with the row's `takenRecords` (from `some.from` to the end of the handful),
   * which must stand at `some.from` still. What can only now be found to be no good is left out and told.
   */
  readonly take: (file: Intake, some: Handful) => Promise<readonly IntakeProblem[]>;
  /** What follows when all of it is taken; may be called again. */
  readonly taken: (file: Intake, then: (step: string, id: string) => Promise<void>) => Promise<void>;
};

/** null: there is no such flow. */
export type FlowFor = (service: string, version: string) => IntakeFlow | null;
