import { at, paths } from './dialect/magda-names.ts';
import type { StageTrace } from './exchange/audit.ts';
import { exchangeId } from './exchange/exchange-id.ts';
import { type Inquired, type Inquiry, writeRoute } from './exchange/inquiry.ts';
import type { Parsed, Reached, Received, Reply } from './exchange/message.ts';
import { Refusal } from './exchange/refusal.ts';
import { Journey } from './exchange/stage.ts';
import type { Parts as JourneyParts } from './journey.ts';
import { account } from './stages/account.ts';
import { answer } from './stages/answer.ts';
import { authorise } from './stages/authorise.ts';
import { checkPeriod } from './stages/check-period.ts';
import { checkPopulation } from './stages/check-population.ts';
import { checkRegistration } from './stages/check-registration.ts';
import { checkWritten } from './stages/check-written.ts';
import { compose, composeRefusal } from './stages/compose.ts';
import { filter } from './stages/filter.ts';
import { put } from './stages/put.ts';
import { translate } from './stages/translate.ts';
import { validate } from './stages/validate.ts';
import { validateAnswer } from './stages/validate-answer.ts';
import { vouch, vouchedFor } from './stages/vouch.ts';

type Unneeded =
  | 'open'
  | 'route'
  | 'actionOf'
  | 'trust'
  | 'learn'
  | 'admits'
  | 'partyOf'
  | 'onLaxProfile'
  | 'remember'
  | 'takeTurn'
  | 'seal'
  | 'sealFault'
  | 'untilBeat';
export type InquiryParts = Omit<JourneyParts, Unneeded> & {
  /** A UUID of version 4, another each time. */
  readonly randomId: () => string;
  /**
   * Stands for bytes in the audit. A question from a file, and its answer, have nothing in them that nobody could guess:
   * whoever tried all numbers would know by a plain digest about whom it was.
   */
  readonly digestOf: (bytes: Uint8Array) => string;
};

/**
 * The journey of a question that no envelope brought: through the stages of src/journey.ts, but for the signature, for
 * which a voucher stands in, and the throttle, since it waits for its turn at the source. It ends in an Antwoord;
 * whatever was refused is told in there, at whichever level it went wrong. It is in the audit before it is given.
 */
export function inquiry(parts: InquiryParts): (asked: Inquiry, signal: AbortSignal) => Promise<Inquired> {
  const path = (asked: Inquiry) =>
    Journey.from<Received>()
      .to(put(asked))
      .to(validate)
      .to(vouch(asked))
      // A file was let in from the party's networks when it was laid down; a snapshot comes from nowhere.
      .to(authorise({ ...parts, admits: () => true }))
      .to(checkRegistration(parts))
      .to(checkPopulation(parts))
      .to(checkPeriod(parts))
      .to(checkWritten)
      .to(answer(parts))
      .to(translate(parts))
      .to(filter)
      .to(compose(parts))
      .to(validateAnswer);

  function refused(error: unknown, asked: Inquiry, reached: Reached): Came {
    if (!(error instanceof Refusal)) parts.onFault(error, reached.id);
    const refusal = error instanceof Refusal ? error : ofOurs(error);
    try {
      return { refusal, bytes: isPut(reached) ? antwoordIn(tell(refusal, asked, reached)) : NOTHING };
    } catch (fault) {
      parts.onFault(fault, reached.id);
      return { refusal: ofOurs(fault), bytes: NOTHING };
    }
  }

  function tell(refusal: Refusal, asked: Inquiry, reached: Received & Parsed): Reply {
    const reply = composeRefusal(vouchedFor(reached, asked), refusal, parts, true);
    const [violation] = reached.service.contract.violations(reply.tree);
    if (!violation) return reply;
    throw new Error(`refusal ${refusal.code} breaks the schema: ${violation.path} ${violation.message}`);
  }

  return async function inquire(asked, signal) {
    const began = performance.now();
    const received = receivedOf(asked, parts);
    const stages: StageTrace[] = [];
    let reached: Reached = received;
    try {
      const { bytes, refusal } = await path(asked)
        .run(received, signal, (stage, ms, message) => {
          stages.push({ stage, ms });
          reached = message;
        })
        .then(
          ({ reply }): Came => ({ bytes: antwoordIn(reply), refusal: null }),
          (error: unknown) => refused(error, asked, reached),
        );
      const outcome = { status: 200, soap: '1.1' as const, bytes, refusal };
      const whose = { ...reached, signer: vouchedSigner(asked) };
      const digests = { digestIn: parts.digestOf(received.raw), digestOut: parts.digestOf(bytes) };
      await parts.record({ ...account(whose, outcome, stages, performance.now() - began), ...digests });
      const given = bytes.byteLength === 0 ? null : Buffer.from(bytes).toString('utf8');
      return { exchangeId: received.id, answer: given, refusal: refusal?.code ?? null };
    } finally {
      for (const resource of received.ending) resource.dispose();
    }
  };
}

type Came = { readonly bytes: Uint8Array; readonly refusal: Refusal | null };

const NOTHING = new Uint8Array();

/** Whoever asks is known from the start, and is in the audit even where the question could not be put. */
const vouchedSigner = ({ certificate, party }: Inquiry) => ({
  certificate,
  party,
  profile: 'strict' as const,
  recipient: null,
});

function receivedOf({ route, question }: Inquiry, { clock, randomId }: InquiryParts): Received {
  const now = clock.now();
  const door = {
    ...{ remoteAddress: writeRoute(route), mediaType: null, charset: null, soapAction: null },
    ...{ connection: null, endpoint: null, problem: null },
  };
  // What came, for its digest: the Vraag as its file has it, or the subject for which the bus makes one.
  const raw = Buffer.from(question.content ?? question.subject?.number ?? '', 'utf8');
  return { id: exchangeId(now, randomId()), at: now, raw, door, ending: [] };
}

const ofOurs = (error: unknown) =>
  new Refusal('internal', error instanceof Error ? `${error.name}: ${error.message}` : String(error), null, {
    cause: error,
  });

const isPut = (reached: Reached): reached is Received & Parsed => reached.unproven !== undefined;

/** The reply's one Antwoord, as it stands by itself. */
function antwoordIn({ tree }: Reply): Uint8Array {
  const antwoord = at(tree, paths.answer);
  if (!antwoord) throw new Error('a reply was written without Antwoord');
  return antwoord.canonical();
}
