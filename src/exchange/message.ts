import type { SourceTrace } from './audit.ts';
import type { Operation } from './contract.ts';
import type { Element, Proven } from './element.ts';
import type { Certificate, Grant, Identity, Party, ProfileName, Subject } from './party.ts';
import type { Recipient } from './recipient.ts';
import type { Service } from './service.ts';

/** What a message is at each point of its journey: each state is the one before and what the next stage established. */

/** Bytes as they came off the wire. Their digest goes to the audit; no stage may alter them. */
export type Received = {
  readonly id: string;
  readonly at: Date;
  readonly raw: Uint8Array;
  readonly door: Door;
  /** What must be freed when the journey ends, whatever came of it. */
  readonly ending: { readonly dispose: () => void }[];
};

/** `partyId` null: nobody's. `as` says for the audit by which certificate, or why not. */
export type ConnectionOwner = { readonly partyId: number | null; readonly as: string };

/** What the transport said about a message. */
export type Door = {
  readonly remoteAddress: string;
  /** By the certificate that opened the connection; null where none is demanded, or no connection brought it. */
  readonly connection: ConnectionOwner | null;
  /** Lower case, without parameters; null when there was none. */
  readonly mediaType: string | null;
  readonly charset: string | null;
  /** SOAPAction header or the `action` parameter of SOAP 1.2's media type, quotes removed; null or '' say nothing. */
  readonly soapAction: string | null;
  /** From a path of the form /<Service>Dienst-<NN.NN>/soap/WebService; null on the common endpoint. */
  readonly endpoint: { readonly service: string; readonly version: string } | null;
  /** What the transport could not take in; `raw` is then empty, or what came, which is not read. */
  readonly problem: 'too-large' | 'no-such-path' | 'coded' | null;
};

export type Envelope = {
  readonly soap: '1.1' | '1.2';
  readonly root: Element;
  readonly header: Element | null;
  readonly body: Element;
  /** What was counted in the markup before it was parsed; null when nobody counted. */
  readonly census: { readonly comments: number; readonly ids: number; readonly marks: boolean } | null;
};

/** It is an envelope. `encrypted`: there is something in it that only a private key of the bus makes readable. */
export type Read = Received & { readonly envelope: Envelope; readonly encrypted: boolean };

/** Whatever came encrypted stands in the clear where it belongs: `envelope` is of the tree that holds it. */
export type Opened = Read & { readonly opened: true };

export type Parsed = Opened & {
  readonly service: Service;
  readonly operation: Operation;
  /** The Body's only child, for which nobody has vouched: parse and validate read it, nothing later does. */
  readonly unproven: Element;
};

export type Validated = Parsed & { readonly valid: true };

export type Signer = {
  /** Of the message, or of the voucher on whose word a question is asked; null where that is the bus's own. */
  readonly certificate: Pick<Certificate, 'subject' | 'fingerprint'> | null;
  readonly party: Party;
  readonly profile: ProfileName;
  /** To whom an answer can be encrypted; null where no message brought a certificate, or its key is not for that. */
  readonly recipient: Recipient | null;
};

/**
 * By what a message is known again: `key` is the same for whatever has this signer and signs these very parts, and
 * nothing else has it. `until` is the last moment at which it would be accepted; null when it never says so.
 */
export type Imprint = { readonly key: string; readonly until: Date | null };

/** `question` is the Body's child below the very node that the signature covers, never a look-alike elsewhere. */
export type Verified = Validated & {
  readonly question: Proven;
  readonly signer: Signer;
  /** null: it has no signature of its own, but stood in something that was signed. */
  readonly imprint: Imprint | null;
};

/** It came for the first time. */
export type Fresh = Verified & { readonly fresh: true };

/** Under which identity the sender speaks, and in what words it wants to be answered. */
export type Sender = Identity & { readonly reference: string; readonly endUser: string | null };

/** `answerTo`: to whom everything that it is told from here on goes encrypted; null: it goes in the clear. */
export type Authorised = Fresh & {
  readonly sender: Sender;
  readonly grant: Grant;
  readonly answerTo: Recipient | null;
};

export type Registered = Authorised & { readonly subjects: readonly Subject[] };

/** Whoever it is about is among those to whom the grant is limited: `population` names them, null is everybody. */
export type Targeted = Registered & { readonly population: string | null };

/** The days it is about may be consulted. */
export type Bounded = Targeted & {
  /** What is asked: the question's content, or a copy of it with its period cut to what may be consulted. */
  readonly content: Element;
  /** What the answer has to say of that. */
  readonly cautions: readonly Notice[];
};

/** What a source said, in the terms of the contract; `content` is null when it has nothing to say. */
export type Answer = {
  readonly content: Element | null;
  readonly notices: readonly Notice[];
};

/** One Uitzondering of the source that does not stand in the way of an answer, or accompanies an empty one. */
export type Notice = {
  readonly number: string;
  readonly origin: string;
  readonly type: 'FOUT' | 'WAARSCHUWING' | 'INFORMATIE';
  readonly text: string;
  readonly circumstance: string | null;
  /** One with a `reference` says what stands at that path of the answer: whoever may see that, may see it too. */
  readonly annotations: readonly {
    readonly name: string;
    readonly value: string;
    readonly reference?: string;
  }[];
  /** Partial paths into the answer that the notice speaks of; a notice on what is filtered out is left out too. */
  readonly references: readonly string[];
};

/** What it would write, if anything, is what its grant lets be written, and nothing beside it. */
export type Permitted = Bounded & { readonly permitted: true };

export type Answered = Permitted & {
  readonly answer: Answer;
  readonly asked: readonly SourceTrace[];
  /** There when each source's codes were translated before its answer was put together with others': what no table has. */
  readonly translated?: readonly Untranslated[];
};

/** A code of the source that no table of ours has: at this path below the answer's content, it must not leave. */
export type Untranslated = { readonly path: string; readonly code: string };

/** Codes in the answer are MAGDA's, but for those that nobody could translate. */
export type Translated = Answered & { readonly untranslated: readonly Untranslated[] };

/**
 * `removed`: schema paths that the grant does not show, with anything there taken out of `answer.content`. `hidden`:
 * all that it does not show, whether or not there was anything.
 */
export type Filtered = Translated & {
  readonly removed: readonly string[];
  readonly hidden: readonly string[];
};

/** The child of the answer's Body in the form in which it leaves, and that form itself: exclusive C14N, no PrefixList. */
export type Reply = { readonly tree: Element; readonly canonical: Uint8Array };

export type Composed = Filtered & { readonly reply: Reply };

/** The reply was held against the contract. */
export type Checked = Composed & { readonly sound: true };

export type Signed = Checked & { readonly bytes: Uint8Array };

/** A message wherever it got: what no stage established is absent. */
export type Reached = Received & Partial<Omit<Signed, keyof Received>>;
