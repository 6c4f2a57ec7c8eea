import { dialectOf } from '../dialect/dialect.ts';
import type { Clock } from '../exchange/clock.ts';
import type { Reached, Verified } from '../exchange/message.ts';
import type { Recipient } from '../exchange/recipient.ts';
import { Refusal } from '../exchange/refusal.ts';
import { failed } from '../wss/failed.ts';
import { ownDetail, writeFault } from '../xml/fault.ts';
import { namespaces } from '../xml/names.ts';
import type { Markup } from '../xml/write.ts';
import { composeRefusal } from './compose.ts';
import type { Seal } from './sign.ts';

/** What goes out, and what the audit says of it. */
export type Outcome = {
  readonly status: number;
  readonly soap: '1.1' | '1.2';
  readonly bytes: Uint8Array;
  /** null when the question was answered. */
  readonly refusal: Refusal | null;
};

type Needs = {
  readonly seal: Seal;
  readonly sealFault: (fault: Markup, soap: '1.1' | '1.2', to: Recipient | null) => Promise<Uint8Array>;
  readonly speaker: string;
  readonly clock: Clock;
  /** Told of faults of our own, which the sender learns nothing about. */
  readonly onFault: (error: unknown, exchangeId: string) => void;
  /** Resolves on the first beat after now of those that began when the message came (`beat`). */
  readonly untilBeat: (since: Date) => Promise<void>;
};

/**
 * Tells the sender no, at the level at which it went wrong: a fault as long as nobody is known to have signed, a reply
 * from then on (interfaces: level 1, 2 and 3) where the contract has one for it, else a fault with the same number. What the bus itself got wrong is a fault without a reason.
 * Where the grant has answers encrypted all of this is, from the authorisation on: that somebody is not known somewhere
 * says something about them, too.
 */
export function refuse({ seal, sealFault, speaker, clock, onFault, untilBeat }: Needs) {
  async function byFault(refusal: Refusal, reached: Reached): Promise<Outcome> {
    const soap = reached.envelope?.soap ?? soapOf(reached.raw);
    const fault = writeFault(soap, refusal, detailOf(refusal, reached));
    const bytes = await sealFault(fault, soap, reached.answerTo ?? null);
    return { status: refusal.row.http ?? 500, soap, bytes, refusal };
  }

  /** In the words of the service's family of contracts, as soon as it is known which service was asked. */
  function detailOf(refusal: Refusal, reached: Reached): readonly Markup[] {
    const { id: exchange, at: received, question = null, service, operation } = reached;
    const fault = operation?.fault ?? null;
    const parts = { exchange, received, replied: clock.now(), speaker, fault, question };
    const detail = service ? dialectOf(service.rules).faultDetail(refusal, parts) : null;
    return detail ?? ownDetail(refusal, exchange);
  }

  async function byReply(refusal: Refusal, reached: Reached & Verified): Promise<Outcome> {
    const reply = composeRefusal(reached, refusal, { speaker, clock });
    const [violation] = reached.service.contract.violations(reply.tree);
    if (violation)
      throw new Error(`refusal ${refusal.code} breaks the schema: ${violation.path} ${violation.message}`);
    const { soap } = reached.envelope;
    return { status: 200, soap, bytes: await seal(reply.canonical, soap, reached.answerTo ?? null), refusal };
  }

  /**
   * Of a message that came encrypted nobody learns why it is not taken, nor how long it took to find out, until it is known
   * who sent it: whether a key fits, whether what it opens is XML, which service it asks. Whoever got hold of
   * somebody's message could else have it read to them bit by bit.
   */
  async function byVeil(
    error: unknown,
    { service: _, operation: __, ...reached }: Reached,
  ): Promise<Outcome> {
    if (!(error instanceof Refusal)) onFault(error, reached.id);
    await untilBeat(reached.at);
    return byFault(veiled(error), reached);
  }

  function byFaultOfOurs(error: unknown, reached: Reached): Promise<Outcome> {
    onFault(error, reached.id);
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return byFault(new Refusal('internal', reason, null, { cause: error }), reached);
  }

  return async function refuse(error: unknown, reached: Reached): Promise<Outcome> {
    if (reached.encrypted && !isVerified(reached)) return byVeil(error, reached);
    if (!(error instanceof Refusal)) return byFaultOfOurs(error, reached);
    if (error.row.level === 1 || !isVerified(reached) || !hasReply(error, reached))
      return byFault(error, reached);
    // A refusal that cannot be told as it should be is told all the same, and is in the audit like any other.
    return byReply(error, reached).catch((fault: unknown) => byFaultOfOurs(fault, reached));
  };
}

const veiled = (error: unknown): Refusal => {
  if (error instanceof Refusal && error.code === 'ERR_025') return failed(error.message, error);
  const code = error instanceof Refusal ? error.code : 'internal';
  return failed(
    `${code} in a message that came encrypted: ${error instanceof Error ? error.message : error}`,
    error,
  );
};

const hasReply = (refusal: Refusal, { service }: Verified) => dialectOf(service.rules).repliesTo(refusal);

const isVerified = (reached: Reached): reached is Reached & Verified => reached.question !== undefined;

/** In which SOAP version to answer bytes that could not be read: the one whose namespace they mention. */
const soapOf = (raw: Uint8Array): '1.1' | '1.2' =>
  Buffer.from(raw).includes(namespaces.soap12) ? '1.2' : '1.1';
