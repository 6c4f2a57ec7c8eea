import { hash } from 'node:crypto';
import type { Element } from '../../src/exchange/element.ts';
import type { Parsed, Received } from '../../src/exchange/message.ts';
import type { Party, ProfileName } from '../../src/exchange/party.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { decrypt } from '../../src/stages/decrypt.ts';
import { parse } from '../../src/stages/parse.ts';
import { route } from '../../src/stages/route.ts';
import { routes } from '../../src/stages/routes.ts';
import { validate } from '../../src/stages/validate.ts';
import { createOpener } from '../../src/wss/decrypt.ts';
import type { SigningKey } from '../../src/wss/signature-markup.ts';
import { createTrust, type TrustSettings } from '../../src/wss/trust.ts';
import { verifySignature } from '../../src/wss/verify.ts';
import { namespaces } from '../../src/xml/names.ts';
import { NOW } from '../support/certificates.ts';
import { receive, service } from '../support/message.ts';
import { differencesIn } from './canonical-forms.ts';
import type { Message } from './mutants.ts';

/** What a party said, as far as a signature proves it. */
export type Said = {
  readonly body: string;
  /** In the form that a bare signature covers. */
  readonly inclusiveBody: string;
  readonly timestamp: string | null;
  readonly imprint: string;
  readonly until: number | null;
  readonly profile: ProfileName;
  readonly fingerprint: string;
};

export type Verdict = {
  /** null: it was refused. */
  readonly said: Said | null;
  readonly code: string;
  readonly detail: string;
  /** SHA-256 of exclusive canonical forms; null for what has none. Absent where there is no tree. */
  readonly forms: { readonly root: string | null; readonly body: string | null } | null;
  /** What may never happen, in words. */
  readonly faults: readonly string[];
  /** CPU that the bus itself took; what it is compared with takes longer. */
  readonly milliseconds: number;
};

export type Judge = (message: Message) => Verdict;

const party = (name: string, profile: ProfileName): Party => ({
  ...{ id: 1, name, cbeNumber: '0999990420', profile, identities: [] },
  profileUntil: profile === 'strict' ? null : new Date(NOW.getTime() + 86_400_000),
});
const parties: Readonly<Record<string, Party>> = {
  afnemer: party('afnemer', 'strict'),
  legacy: party('legacy', 'magda-2.0'),
  'legacy-header': party('legacy-header', 'header-signature'),
};
const partyOf = (subject: string) => parties[/^CN=([\w-]+),/.exec(subject)?.[1] ?? ''] ?? null;

const signal = new AbortController().signal;
const find = route(routes([service]));

/**
 * Sends messages past every check that is made on a message alone, at a moment that stands still.
 *
 * @param recipient whose key makes readable what came encrypted; null where nothing can be encrypted to the bus
 */
export function judgeBy(trust: TrustSettings, recipient: SigningKey | null = null): Judge {
  const open = decrypt({ open: createOpener(recipient ? [recipient] : []).open });
  const read = (received: Received) => atOnce(find(atOnce(open(parse(received), signal)), signal));
  const needs = { trust: createTrust(trust), partyOf, read };
  return ({ bytes, charset }) => {
    const received = receive(bytes, { charset }, NOW);
    const faults: string[] = [];
    const seen: Seen = { forms: null, milliseconds: 0 };
    try {
      const said = saidIn(received, needs, seen, faults);
      return { ...seen, said, faults, code: 'accepted', detail: '' };
    } catch (error) {
      if (error instanceof Refusal)
        return { ...seen, said: null, faults, code: error.code, detail: error.message };
      const fault = `an error that is no refusal: ${error instanceof Error ? error.stack : String(error)}`;
      return { ...seen, said: null, faults: [...faults, fault], code: 'error', detail: '' };
    } finally {
      for (const resource of received.ending) resource.dispose();
    }
  };
}

type Seen = { forms: Verdict['forms']; milliseconds: number };

function saidIn(
  received: Received,
  {
    read,
    ...needs
  }: Parameters<typeof verifySignature>[1] & { readonly read: (received: Received) => Parsed },
  seen: Seen,
  faults: string[],
): Said {
  const timed = <T>(work: () => T): T => {
    const began = process.threadCpuUsage();
    try {
      return work();
    } finally {
      const { user, system } = process.threadCpuUsage(began);
      seen.milliseconds += (user + system) / 1000;
    }
  };
  const parsed = timed(() => read(received));
  const { envelope } = parsed;
  faults.push(...differencesIn(envelope));
  seen.forms = { root: formOf(envelope.root), body: formOf(envelope.body) };
  // Refused by its schema it goes on here: what verify makes of it must be right all the same.
  timed(() => unlessRefused(() => validate(parsed)));
  const { question, signer, imprint } = timed(() => verifySignature(envelope, needs, NOW));
  if (!question.parent?.is(envelope.body)) faults.push('what was proven is not the child of the Body');
  if (seen.forms.root === null) faults.push('accepted, and the document has no canonical form');
  const security = envelope.header?.child('Security', namespaces.wsse);
  const timestamp = security?.child('Timestamp', namespaces.wsu);
  return {
    body: text(envelope.body.canonical()),
    inclusiveBody: text(envelope.body.canonicalInclusive()),
    timestamp: timestamp ? text(timestamp.canonical()) : null,
    imprint: imprint.key,
    until: imprint.until?.getTime() ?? null,
    profile: signer.profile,
    fingerprint: signer.certificate?.fingerprint ?? '',
  };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

function formOf(element: Element): string | null {
  try {
    return hash('sha256', element.canonical(), 'hex');
  } catch {
    return null;
  }
}

function unlessRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function atOnce<T>(result: T | Promise<T>): T {
  if (result instanceof Promise) throw new Error('a stage that reads does not wait');
  return result;
}
