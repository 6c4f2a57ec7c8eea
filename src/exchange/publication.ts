import type { ContractName, ElementModel, Violation } from './contract.ts';
import type { Element } from './element.ts';
import type { SubjectKind } from './party.ts';

/** What subscribers find in files: one file contract, and what goes into a file of it. */

/** A file contract that the bus publishes: `publication.yaml` and the schema that it names, read and checked. */
export type Publication = {
  readonly name: string;
  /** NN.NN, as grants and subscriptions name it. */
  readonly version: string;
  /** What the names of its files begin with. */
  readonly prefix: string;
  /** The root element of its files. */
  readonly root: ContractName;
  /** Path of its schema below the schema folder, as vouchers name it. */
  readonly schema: string;
  /** The element (below Onderwerp/Inhoud) that holds what changed; grants' paths begin below it. */
  readonly payload: ElementModel;
  readonly subject: { readonly kind: SubjectKind; readonly path: string };
  /** What the bus asks itself about everybody whom a subscriber has registered; null: sources tell what changed. */
  readonly asks: SnapshotQuestion | null;
  /** Schema paths below Onderwerp, one a column, after that of the day; null: there is no CSV of it. */
  readonly columns: readonly string[] | null;
  /** Every broken rule of a file's root element; [] when it is valid. */
  readonly violations: (root: Element) => readonly Violation[];
};

/** Changes as they are told, or at a set time everybody as they are then. */
export const publicationKinds = ['mutations', 'snapshot'] as const;
export type PublicationKind = (typeof publicationKinds)[number];

/** Every subscription of a publication is of this kind. */
export const kindOf = ({ asks }: Pick<Publication, 'asks'>): PublicationKind =>
  asks === null ? 'mutations' : 'snapshot';

/** A question to a service of the bus that needs nothing else but about whom it is. */
export type SnapshotQuestion = {
  readonly service: string;
  /** NN.NN */
  readonly version: string;
  /** JSON image of what stands in the question's content beside its subject. */
  readonly question: Readonly<Record<string, unknown>>;
  /** Where the answer has the payload, below Antwoord. */
  readonly take: string;
};

/** 00 unknown, 01 new, 02 changed, 03 cancelled, 04 deleted, 09 other. */
export const mutationTypes = ['00', '01', '02', '03', '04', '09'] as const;
export type MutationType = (typeof mutationTypes)[number];

/** One change as a source told it, or one person as a source answered, on its way into a subscriber's file. */
export type PublishedRecord = {
  /** The bus's own number of the mutation or question, in decimals: unlike references, no two have the same. */
  readonly id: string;
  /** The source's reference; of an answer that of the exchange in which it was asked. */
  readonly reference: string;
  /** yyyy-mm-dd; of an answer the day on which it was given. */
  readonly occurredOn: string;
  /** null: an answer. */
  readonly type: MutationType | null;
  /** The payload element, exclusive canonical XML. */
  readonly content: string;
  /** The Uitzonderingen of an answer, exclusive canonical XML; null when it has none. */
  readonly remarks: string | null;
};

export const fileFormats = ['xml', 'csv'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** What of a `publication_file` row decides the bytes of its file and voucher, together with its records. */
export type ClosedFile = {
  readonly id: number;
  readonly partyId: number;
  readonly publication: string;
  /** NN.NN */
  readonly version: string;
  readonly sequence: number;
  /** The file's name, with extension. */
  readonly name: string;
  readonly format: FileFormat;
  readonly kind: PublicationKind;
  /** UUID */
  readonly voucherId: string;
  /** To whom: the subscription's, which never changes. */
  readonly uri: string;
  readonly hoedanigheid: string | null;
  /** Schema paths below the payload, frozen at closing: the grant's, narrowed to the subscription's filter. */
  readonly visible: readonly string[];
  readonly grantId: number;
  readonly legalBasis: string;
  /** The scheduled moment. */
  readonly cutOff: Date;
  readonly closedAt: Date;
};
