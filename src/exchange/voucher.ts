import type { Identity } from './party.ts';

/** What belongs to a file that goes from one organisation to another, so that its receiver knows that it is whole. */
export type Voucher = {
  /** UUID */
  readonly id: string;
  readonly environment: Environment;
  readonly sender: Identity;
  readonly receiver: Identity;
  readonly flow: {
    readonly service: string;
    /** The element that the files begin with. */
    readonly messageType: string;
    /** NN.NN */
    readonly version: string;
    readonly schemaLocation: string;
  };
  readonly legalContext: string;
  readonly authorisationReference: string | null;
  readonly direction: Direction;
  /** From 1, without a gap, for each sender, receiver and flow. */
  readonly sequence: number;
  /** UUID of the voucher that is answered; null when none is. */
  readonly inReplyTo: string | null;
  /** The sender's own number of the file, in decimals. */
  readonly fileId: string;
  readonly createdAt: Date;
  readonly files: readonly VoucherFile[];
  readonly cutOff: Date | null;
};

/** Where a bus stands: files of one must never be taken by another. */
export const environments = ['TEST', 'ACPT', 'PROD'] as const;
export type Environment = (typeof environments)[number];

export const directions = ['REQUEST', 'RESPONSE', 'NOTIFICATION', 'SUBSCRIPTION'] as const;
export type Direction = (typeof directions)[number];

export const mediaTypes = { xml: 'application/xml', csv: 'text/csv' } as const;
export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes];

/** One file in UTF-8, neither compressed nor encrypted, or one part of it. */
export type VoucherFile = {
  readonly name: string;
  readonly mediaType: MediaType;
  /** Bytes. */
  readonly size: number;
  /** Of all its bytes, hex. */
  readonly sha256: string;
  readonly records: number;
  /** From 1 to `parts`. */
  readonly part: number;
  readonly parts: number;
};
