import type { Craft } from './craft.ts';

/** What is posted, and how; a text alone goes to the common endpoint with the media type of its SOAP version. */
export type Sent = {
  readonly body: string | Uint8Array;
  readonly path?: string;
  readonly contentType?: string;
  readonly soapAction?: string;
  readonly headers?: Readonly<Record<string, string>>;
};
type Make = (craft: Craft) => string | Sent;

/** A hostile message, and the good one that differs from it in what is hostile alone. */
export type Attack = {
  /** Line of the catalogue in docs/security.md. */
  readonly line: string;
  readonly what: string;
  readonly hostile: Make;
  readonly twin: Make;
  /** Under which it is refused, and what the audit says of it. */
  readonly code: string;
  readonly level: number;
  readonly reason: RegExp;
  /** Does the signature fit what it refers to? Where it does not, others must refuse it too. */
  readonly forged: boolean;
  /** It is accepted the first time, and hostile when it comes again. */
  readonly twice: boolean;
};

type Extras = Partial<Pick<Attack, 'twin' | 'code' | 'level' | 'forged' | 'twice'>>;

export const attack = (
  line: string,
  what: string,
  reason: RegExp,
  hostile: Make,
  extras: Extras = {},
): Attack => ({
  line,
  what,
  hostile,
  reason,
  twin: (craft) => craft.signed(),
  code: 'ERR_025',
  level: 1,
  forged: false,
  twice: false,
  ...extras,
});

/** The same for what is refused before its signature is looked at. */
export const malformed = (
  line: string,
  what: string,
  reason: RegExp,
  hostile: Make,
  extras: Extras = {},
): Attack => attack(line, what, reason, hostile, { code: '10001', ...extras });

/** What looks hostile and is answered all the same, since nothing in it is believed. */
export type Harmless = { readonly line: string; readonly what: string; readonly make: Make };
