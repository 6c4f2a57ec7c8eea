import type { Schema } from '../contract/load-schema.ts';
import type { Element } from '../exchange/element.ts';
import type { Identity, Party } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import { directions, environments, mediaTypes, type Voucher } from '../exchange/voucher.ts';
import { type Learn, onceAnswered } from '../wss/once-answered.ts';
import type { Trust } from '../wss/trust.ts';
import { verifyDocument } from '../wss/verify-document.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { checkLimits, messageLimits } from '../xml/limits.ts';
import { parseTree } from '../xml/tree.ts';
import { VOUCHER } from './voucher.ts';

/** A voucher that is what it says, or the first kind of thing that is wrong with it and every problem of that kind. */
export type VoucherReading =
  | { readonly voucher: Voucher }
  | { readonly voucher: null; readonly wrong: Wrong; readonly problems: readonly string[] };

/**
 * malformed: no XML that is taken; schema: not what a voucher must be; signature: not signed, by nobody trusted, or
 * changed since; sender: signed by another than who laid it down, or in the name of another; environment: of another one.
 */
export type Wrong = 'malformed' | 'schema' | 'signature' | 'sender' | 'environment';

type Needs = {
  readonly schema: Schema;
  readonly trust: Trust;
  /** Asks about a certificate of a party of which nobody knows whether it is revoked. */
  readonly learn: Learn;
  /** The party to which this certificate subject (RFC 4514) is registered. */
  readonly partyOf: (certificateSubject: string) => Party | null;
  readonly environment: Voucher['environment'];
};

/** Vouchers have a few KB each; a hundred parts are some 60 KB. */
export const MAX_VOUCHER_BYTES = 256 * 1024;

/**
 * Reads a voucher that a party laid down and establishes that this party made it: its schema, its signature, whose
 * certificate that is, and in whose name it speaks. The files it names are for others to look at.
 *
 * @param party in whose folder it lay
 */
export async function readVoucher(
  bytes: Uint8Array,
  needs: Needs,
  party: Party,
  at: Date,
): Promise<VoucherReading> {
  if (bytes.byteLength > MAX_VOUCHER_BYTES)
    return wrong('malformed', [`has ${bytes.byteLength} bytes, at most ${MAX_VOUCHER_BYTES}`]);
  const parsed = await refusedAs('malformed', () => {
    const text = toUtf8(bytes, null);
    checkLimits(text, messageLimits);
    return parseTree(text);
  });
  if ('voucher' in parsed) return parsed;
  const { root, dispose } = parsed.value;
  try {
    return await readTree(root, needs, party, at);
  } finally {
    dispose();
  }
}

async function readTree(
  root: Element,
  { schema, trust, learn, partyOf, environment }: Needs,
  party: Party,
  at: Date,
): Promise<VoucherReading> {
  if (root.name !== 'Voucher' || root.namespace !== VOUCHER)
    return wrong('schema', [`begins with {${root.namespace}}${root.name}, not {${VOUCHER}}Voucher`]);
  const violations = schema.violations(root);
  if (violations.length > 0)
    return wrong(
      'schema',
      violations.map(({ path, message }) => `${path}: ${message}`),
    );
  const verified = await refusedAs('signature', () =>
    onceAnswered(learn, () => verifyDocument(root, { trust, at })),
  );
  if ('voucher' in verified) return verified;
  const { subject } = verified.value;
  // From here on the tree holds nothing but what was signed.
  const voucher = voucherIn(root);
  const signer = partyOf(subject);
  if (signer?.id !== party.id)
    return wrong('sender', [`is signed by ${signer?.name ?? subject}, and was laid down by ${party.name}`]);
  if (!party.identities.some((identity) => isSame(identity, voucher.sender)))
    return wrong('sender', [`${party.name} may not speak as ${textOf(voucher.sender)}`]);
  if (voucher.environment !== environment)
    return wrong('environment', [`is of ${voucher.environment}, this is ${environment}`]);
  return { voucher };
}

const wrong = (kind: Wrong, problems: readonly string[]) => ({ voucher: null, wrong: kind, problems });

async function refusedAs<T>(
  kind: Wrong,
  work: () => T | Promise<T>,
): Promise<{ readonly value: T } | ReturnType<typeof wrong>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Refusal) return wrong(kind, [error.message]);
    throw error;
  }
}

const isSame = (one: Identity, other: Identity) =>
  one.uri === other.uri && one.hoedanigheid === other.hoedanigheid;
const textOf = ({ uri, hoedanigheid }: Identity) => (hoedanigheid === null ? uri : `${uri}:${hoedanigheid}`);

/** The content of a voucher that fits its schema. */
function voucherIn(root: Element): Voucher {
  const flow = part(root, 'flow');
  const cutOff = optional(root, 'cutOffTimestamp');
  return {
    id: text(root, 'voucherId'),
    environment: oneOf(environments, text(root, 'environment')),
    sender: organisation(part(root, 'sender')),
    receiver: organisation(part(root, 'receiver')),
    flow: {
      service: text(flow, 'serviceName'),
      messageType: text(flow, 'messageType'),
      version: text(flow, 'messageVersion'),
      schemaLocation: text(flow, 'schemaLocation'),
    },
    legalContext: text(root, 'legalContext'),
    authorisationReference: optional(root, 'authorisationReference'),
    direction: oneOf(directions, text(root, 'direction')),
    sequence: Number(text(root, 'fileSequenceNumber')),
    inReplyTo: optional(root, 'inReplyToVoucherId'),
    fileId: text(root, 'fileId').trim(),
    createdAt: new Date(text(root, 'fileCreationTimestamp').trim()),
    files: root.children.filter(({ name }) => name === 'file').map(fileIn),
    cutOff: cutOff === null ? null : new Date(cutOff.trim()),
  };
}

const fileIn = (file: Element): Voucher['files'][number] => ({
  name: text(file, 'fileName'),
  mediaType: oneOf(Object.values(mediaTypes), text(file, 'mediaType')),
  size: Number(text(file, 'sizeInBytes')),
  sha256: text(file, 'digest'),
  records: Number(text(file, 'numberOfRecords')),
  part: Number(text(file, 'partNumber')),
  parts: Number(text(file, 'numberOfParts')),
});

const organisation = (of: Element): Identity => ({
  uri: text(of, 'organizationIdentification'),
  hoedanigheid: optional(of, 'hoedanigheid'),
});

const optional = (of: Element, name: string) => of.child(name, VOUCHER)?.text ?? null;
const text = (of: Element, name: string) => part(of, name).text;

function part(of: Element, name: string): Element {
  const found = of.child(name, VOUCHER);
  if (!found) throw new Error(`the schema lets ${of.name} be without ${name}`);
  return found;
}

function oneOf<T extends string>(values: readonly T[], said: string): T {
  const found = values.find((value) => value === said);
  if (found === undefined) throw new Error(`the schema lets ${said} be there`);
  return found;
}
