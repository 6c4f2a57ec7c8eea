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
  /** Schema paths below Onderwerp, one a column, after that of the day; null: there is no CSV of it. */
  readonly columns: readonly string[] | null;
  /** Every broken rule of a file's root element; [] when it is valid. */
  readonly violations: (root: Element) => readonly Violation[];
};

/** 00 unknown, 01 new, 02 changed, 03 cancelled, 04 deleted, 09 other. */
export const mutationTypes = ['00', '01', '02', '03', '04', '09'] as const;
export type MutationType = (typeof mutationTypes)[number];

/** One change as a source told it, on its way into a subscriber's file. */
export type PublishedRecord = {
  /** The bus's own number of the mutation, in decimals: unlike the reference, no two sources have the same. */
  readonly id: string;
  /** The source's reference. */
  readonly reference: string;
  /** yyyy-mm-dd */
  readonly occurredOn: string;
  readonly type: MutationType;
  /** The payload element, exclusive canonical XML. */
  readonly content: string;
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
