import { dialectOf } from '../dialect/dialect.ts';
import type { Element } from '../exchange/element.ts';
import { Refusal, refusals } from '../exchange/refusal.ts';
import type { Rules } from '../exchange/service.ts';
import type { Opener } from '../wss/decrypt.ts';
import { isEncrypted } from '../wss/encrypted.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { namespaces } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { FailedError } from './output.ts';

/** What an answer of the bus comes down to, and its envelope for who wants to look further. */
export type Reply = {
  readonly envelope: ReturnType<typeof readEnvelope>;
  readonly payload: Element;
  /** null when the question was answered without an error. */
  readonly error: ReplyError | null;
  /** Codes of the warnings and notes beside an answer. */
  readonly notices: readonly string[];
  readonly encrypted: boolean;
  readonly dispose: () => void;
};

export type ReplyError = { readonly level: 1 | 2 | 3; readonly code: string; readonly text: string };

/** Reads an answer of the bus, encrypted or not: a fault, or a reply in the service's dialect. */
export function readAnswer(bytes: Uint8Array, rules: Rules, open: Opener['open']): Reply {
  const { tree, envelope, encrypted } = readSoap(bytes, open);
  const payload = readPayload(envelope);
  const isFault = payload.name === 'Fault' && payload.namespace === envelope.root.namespace;
  const found = isFault ? readFault(payload, envelope.soap) : null;
  if (found) return { envelope, payload, error: found, notices: [], encrypted, dispose: tree.dispose };
  const dialect = dialectOf(rules);
  const reply = dialect.readReply(payload, rules);
  const [refused] = reply.level2;
  const failure = reply.notices.find(({ type }) => type === 'FOUT');
  const error: ReplyError | null = refused
    ? { level: 2, code: dialect.codeOf(refused.number), text: refused.text }
    : failure
      ? { level: 3, code: dialect.codeOf(failure.number), text: failure.text }
      : null;
  const notices = reply.notices
    .filter(({ type }) => type !== 'FOUT')
    .map(({ number }) => dialect.codeOf(number));
  return { envelope, payload, error, notices, encrypted, dispose: tree.dispose };
}

function readSoap(bytes: Uint8Array, open: Opener['open']) {
  const closed = unlessRefused('what answers there is no SOAP service', () =>
    envelopeIn(toUtf8(bytes, null)),
  );
  if (!isEncrypted(closed.envelope)) return { ...closed, encrypted: false };
  try {
    const inside = () => envelopeIn(open(closed.envelope, toUtf8(bytes, null)));
    return { ...unlessRefused('the answer cannot be decrypted', inside), encrypted: true };
  } finally {
    closed.tree.dispose();
  }
}

function envelopeIn(text: Buffer) {
  const tree = parseTree(text);
  return { tree, envelope: readEnvelope(tree.root) };
}

function unlessRefused<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new FailedError(`${what}: ${cause.message}`, { cause });
  }
}

/** `faultstring` reads `NNNNN - text`; a refused signature has MAGDA's own name in it. */
function readFault(fault: Element, soap: '1.1' | '1.2'): ReplyError {
  const text =
    soap === '1.1'
      ? fault.child('faultstring')?.text
      : fault.child('Reason', namespaces.soap12)?.child('Text', namespaces.soap12)?.text;
  const detail = fault.child('detail') ?? fault.child('Detail', namespaces.soap12);
  const words = detail?.child('message') ?? detail?.children[0]?.child('detail')?.child('diagnostic');
  const said = `${text ?? ''} (${words?.text ?? ''})`;
  const code = /ERR_\d+/.exec(said)?.[0] ?? /^(\d+) - /.exec(said)?.[1] ?? '';
  // Contracts without a place for a refusal have all of them told by faults.
  const row = Object.values(refusals).find((each) => text === `${each.number} - ${each.text}`);
  return { level: row?.level ?? 1, code, text: said };
}
