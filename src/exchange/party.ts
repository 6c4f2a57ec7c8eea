import { asTheServiceSays, type GrantControls } from './controls.ts';

/** Who takes part: organisations, by the certificates that prove them and the names they may speak under. */

/** How much a party's messages must prove. Everything but `strict` has an end date. */
export type ProfileName = 'strict' | 'magda-2.0' | 'header-signature';

export type Party = {
  readonly id: number;
  readonly name: string;
  /** KBO number, ten digits. */
  readonly cbeNumber: string;
  readonly profile: ProfileName;
  /** Until when a profile other than strict is tolerated (exclusive); null only with strict. */
  readonly profileUntil: Date | null;
  /** The identities (Afzender/Identificatie, with the Hoedanigheid it may be combined with) it may speak under. */
  readonly identities: readonly Identity[];
};

/** `hoedanigheid` null: the sender must not name one. */
export type Identity = { readonly uri: string; readonly hoedanigheid: string | null };

/** Whether what a party sends, or asks to fetch, is taken from this address; a party without networks comes from everywhere. */
export type Admits = (partyId: number, address: string) => boolean;

/** What the law lets one identity ask, and what it may then see. */
export type Grant = {
  readonly id: number;
  readonly partyId: number;
  readonly uri: string;
  /** null: whatever the capacity. */
  readonly hoedanigheid: string | null;
  readonly service: string;
  readonly version: string;
  /** The law, decree or deliberation on which it rests; goes to the audit with every use. */
  readonly legalBasis: string;
  readonly validFrom: Date;
  /** Exclusive; null is open-ended. */
  readonly validUntil: Date | null;
  /** Schema paths below the answer's content, as `contract/visibility.ts` reads them. */
  readonly visible: readonly string[];
  /** Schema paths below a writing service's question that may be written, in the same notation; none when it reads. */
  readonly writable: readonly string[];
  readonly controls: GrantControls;
  /** Name of the target population to which it is limited; null: everybody. */
  readonly population: string | null;
  /** First and last day (yyyy-mm-dd) about which data may be consulted; null is open-ended. */
  readonly dataFrom: string | null;
  readonly dataUntil: string | null;
  /** Whether everything that is told under it goes encrypted to the certificate that signed the question. */
  readonly encrypted: boolean;
};

/** Among what may be written: everything that the contract lets through, declared by its schema or not. */
export const WRITES_ALL = '**';

/** The rest of a grant that holds its party to nothing more than the service does, and lets it write nothing. */
export const unlimited: Pick<
  Grant,
  'controls' | 'population' | 'dataFrom' | 'dataUntil' | 'writable' | 'encrypted'
> = {
  controls: asTheServiceSays,
  population: null,
  dataFrom: null,
  dataUntil: null,
  writable: [],
  encrypted: false,
};

/** What a grant is looked up by. */
export type GrantQuestion = {
  readonly partyId: number;
  readonly uri: string;
  readonly hoedanigheid: string | null;
  readonly service: string;
  readonly version: string;
  readonly at: Date;
};

/** The grant that holds then, if any does: one that names the hoedanigheid before one for whatever the capacity. */
export type GrantFor = (question: GrantQuestion) => Grant | null;

export type SubjectKind = 'person' | 'enterprise';
/** About whom a question is: an INSZ (11 digits) or an enterprise number (10 digits). */
export type Subject = { readonly kind: SubjectKind; readonly number: string };

/** The declaration that a party handles a file on a subject, in a capacity, from `begin` until `end` (days, both inclusive). */
export type Registration = {
  readonly partyId: number;
  readonly hoedanigheid: string;
  readonly subject: Subject;
  /** yyyy-mm-dd */
  readonly begin: string;
  /** yyyy-mm-dd; null is open-ended. */
  readonly end: string | null;
};

/** An application certificate, as far as anything outside `wss/` needs to know it. */
export type Certificate = {
  /** RFC 4514 form of the subject, most specific part first: the name under which a party registers it. */
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  /** SHA-256 over the DER, hex. */
  readonly fingerprint: string;
};
