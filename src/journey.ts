import type { ExchangeRecord, StageTrace } from './exchange/audit.ts';
import type { Reached, Received, Signed } from './exchange/message.ts';
import { Refusal } from './exchange/refusal.ts';
import { Journey } from './exchange/stage.ts';
import { account } from './stages/account.ts';
import { answer } from './stages/answer.ts';
import { authorise } from './stages/authorise.ts';
import { checkPeriod } from './stages/check-period.ts';
import { checkPopulation } from './stages/check-population.ts';
import { checkRegistration } from './stages/check-registration.ts';
import { checkWritten } from './stages/check-written.ts';
import { compose } from './stages/compose.ts';
import { decrypt } from './stages/decrypt.ts';
import { filter } from './stages/filter.ts';
import { parse } from './stages/parse.ts';
import { type Outcome, refuse } from './stages/refuse.ts';
import { refuseReplay } from './stages/refuse-replay.ts';
import { route } from './stages/route.ts';
import { sign } from './stages/sign.ts';
import { throttle } from './stages/throttle.ts';
import { translate } from './stages/translate.ts';
import { validate } from './stages/validate.ts';
import { validateAnswer } from './stages/validate-answer.ts';
import { verify } from './stages/verify.ts';

type Needs<Factory extends (needs: never) => unknown> = Parameters<Factory>[0];
export type Parts = Needs<typeof decrypt> &
  Needs<typeof route> &
  Needs<typeof verify> &
  Needs<typeof refuseReplay> &
  Needs<typeof authorise> &
  Needs<typeof throttle> &
  Needs<typeof checkRegistration> &
  Needs<typeof checkPopulation> &
  Needs<typeof checkPeriod> &
  Needs<typeof answer> &
  Needs<typeof translate> &
  Needs<typeof compose> &
  Needs<typeof sign> &
  Needs<typeof refuse> & {
    /** Resolves when the row is durable. */
    readonly record: (exchange: ExchangeRecord) => Promise<void>;
  };

/** Answers one message. Whatever happens on the way is in the audit before a byte leaves. */
export function journey(parts: Parts) {
  const path = Journey.from<Received>()
    .to(parse)
    .to(decrypt(parts))
    .to(route(parts))
    .to(validate)
    .to(verify(parts))
    .to(refuseReplay(parts))
    .to(authorise(parts))
    .to(throttle(parts))
    .to(checkRegistration(parts))
    .to(checkPopulation(parts))
    .to(checkPeriod(parts))
    .to(checkWritten)
    .to(answer(parts))
    .to(translate(parts))
    .to(filter)
    .to(compose(parts))
    .to(validateAnswer)
    .to(sign(parts));
  const refused = refuse(parts);

  return async function travel(received: Received, signal: AbortSignal): Promise<Outcome> {
    const began = performance.now();
    const stages: StageTrace[] = [];
    let reached: Reached = received;
    try {
      const outcome = await path
        .run(received, signal, (stage, ms, message) => {
          stages.push({ stage, ms });
          reached = message;
        })
        .then(answered, (error: unknown) => refused(error, reached));
      await parts.record(account(reached, outcome, stages, performance.now() - began));
      return outcome;
    } catch (error) {
      // Only the audit gets here: whoever cannot be told about is told nothing.
      parts.onFault(error, received.id);
      return await refused(new Refusal('internal', 'not audited', null, { cause: error }), received);
    } finally {
      for (const resource of received.ending) resource.dispose();
    }
  };
}

const answered = ({ envelope, bytes }: Signed): Outcome => ({
  status: 200,
  soap: envelope.soap,
  bytes,
  refusal: null,
});
