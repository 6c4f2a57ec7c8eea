import { hash } from 'node:crypto';
import type { ExchangeRecord, StageTrace } from '../exchange/audit.ts';
import type { Reached } from '../exchange/message.ts';
import type { Known } from '../exchange/refusal.ts';
import type { Outcome } from './refuse.ts';

/** What the audit keeps of an exchange: everything that decided it, and of the messages only their digests. */
export function account(
  reached: Reached,
  outcome: Outcome,
  stages: readonly StageTrace[],
  duration: number,
): ExchangeRecord {
  // A stage that declines has not handed on what it knew; who asked about whom is kept all the same.
  const known: Known & Reached = outcome.refusal ? { ...outcome.refusal.known, ...reached } : reached;
  return {
    id: reached.id,
    receivedAt: reached.at,
    duration,
    remoteAddress: reached.door.remoteAddress,
    service: reached.service?.rules.name ?? null,
    version: reached.service?.rules.version ?? null,
    ...whoAsked(known),
    subjects: known.subjects ?? [],
    grantId: reached.grant?.id ?? null,
    legalBasis: reached.grant?.legalBasis ?? null,
    stages,
    ...said(whatCame(reached, outcome), reached),
    sources: known.asked ?? [],
    filtered: reached.removed ?? known.unwritable ?? [],
    digestIn: sha256(reached.raw),
    digestOut: sha256(outcome.bytes),
  };
}

function whoAsked({ signer, sender }: Reached) {
  return {
    certificate: signer?.certificate
      ? { subject: signer.certificate.subject, fingerprint: signer.certificate.fingerprint }
      : null,
    party: signer?.party.name ?? null,
    uri: sender?.uri ?? null,
    hoedanigheid: sender?.hoedanigheid ?? null,
    endUser: sender?.endUser ?? null,
    // A plain contract has no place for one.
    reference: sender?.reference || null,
  };
}

function whatCame({ answer, service, cautions = [] }: Reached, { refusal }: Outcome) {
  if (refusal) {
    const outcome = refusal.code === 'internal' ? ('failed' as const) : ('refused' as const);
    return { outcome, level: refusal.row.level, code: refusal.code, reason: refusal.message };
  }
  // A source that knows nothing answers with an error and no content, and what was not written with an error beside
  // a result of 0: to the sender each is a refusal like any other.
  const refuses = answer?.content === null || service?.rules.kind === 'write';
  const error = refuses ? answer?.notices.find(({ type }) => type === 'FOUT') : undefined;
  const told = cautions
    .map(({ number, text, circumstance }) => `${number}: ${text} (${circumstance})`)
    .join(' ');
  if (!error) return { outcome: 'answered' as const, level: null, code: null, reason: told || null };
  return {
    outcome: 'refused' as const,
    level: 3 as const,
    code: error.number,
    reason: service?.rules.code ? `${service.rules.code}: ${error.text}` : `source ${error.origin} said so`,
  };
}

/** Whatever was told went encrypted as soon as the grant was known that has it so. */
const said = <What extends { readonly reason: string | null }>(came: What, { answerTo }: Reached): What =>
  answerTo ? { ...came, reason: [came.reason, ENCRYPTED].filter((part) => part !== null).join('; ') } : came;

const ENCRYPTED = 'told encrypted, to the certificate that signed the question';

const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
