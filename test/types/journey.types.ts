/** Compiled, never run: each directive below is an error of its own when the line under it compiles after all. */
import type { Element, Proven } from '../../src/exchange/element.ts';
import type { Received } from '../../src/exchange/message.ts';
import { Journey } from '../../src/exchange/stage.ts';
import type { Parts } from '../../src/journey.ts';
import { answer } from '../../src/stages/answer.ts';
import { authorise } from '../../src/stages/authorise.ts';
import { checkPeriod } from '../../src/stages/check-period.ts';
import { checkPopulation } from '../../src/stages/check-population.ts';
import { checkRegistration } from '../../src/stages/check-registration.ts';
import { checkWritten } from '../../src/stages/check-written.ts';
import { compose } from '../../src/stages/compose.ts';
import { decrypt } from '../../src/stages/decrypt.ts';
import { filter } from '../../src/stages/filter.ts';
import { parse } from '../../src/stages/parse.ts';
import { refuseReplay } from '../../src/stages/refuse-replay.ts';
import { route } from '../../src/stages/route.ts';
import { sign } from '../../src/stages/sign.ts';
import { translate } from '../../src/stages/translate.ts';
import { validate } from '../../src/stages/validate.ts';
import { validateAnswer } from '../../src/stages/validate-answer.ts';
import { verify } from '../../src/stages/verify.ts';

declare const parts: Parts;
declare const element: Element;

const start = Journey.from<Received>();
const read = start.to(parse);
const opened = read.to(decrypt(parts));
const parsed = opened.to(route(parts));
const validated = parsed.to(validate);
const verified = validated.to(verify(parts));
const fresh = verified.to(refuseReplay(parts));
const authorised = fresh.to(authorise(parts));
const registered = authorised.to(checkRegistration(parts));
const targeted = registered.to(checkPopulation(parts));
const bounded = targeted.to(checkPeriod(parts));
const permitted = bounded.to(checkWritten);
const answered = permitted.to(answer(parts));
const translated = answered.to(translate(parts));
const filtered = translated.to(filter);
const composed = filtered.to(compose(parts));
const checked = composed.to(validateAnswer);
export const journey = checked.to(sign(parts));

export const wrong = [
  // @ts-expect-error what may be encrypted is not looked for a service
  read.to(route(parts)),
  // @ts-expect-error nothing is decrypted before the envelope's parts are found
  start.to(decrypt(parts)),
  // @ts-expect-error nothing is validated before it is parsed
  start.to(validate),
  // @ts-expect-error a signature is not looked at before the schema was
  parsed.to(verify(parts)),
  // @ts-expect-error nobody is authorised before the signature is verified
  validated.to(authorise(parts)),
  // @ts-expect-error what came before is found out before anything is decided on it
  verified.to(authorise(parts)),
  // @ts-expect-error only what is verified is remembered: a stranger must not use up a party's message
  validated.to(refuseReplay(parts)),
  // @ts-expect-error verifying cannot be skipped on the way to the question's subject
  validated.to(checkRegistration(parts)),
  // @ts-expect-error registration is looked up for who is authorised
  verified.to(checkRegistration(parts)),
  // @ts-expect-error authorising cannot be skipped on the way to a source
  verified.to(answer(parts)),
  // @ts-expect-error no source is asked before the registration is known
  authorised.to(answer(parts)),
  // @ts-expect-error codes of a source are not filtered before they are translated
  answered.to(filter),
  // @ts-expect-error the period is held to what holds for a subject in the population
  registered.to(checkPeriod(parts)),
  // @ts-expect-error no source is asked before it is known which days may be asked about
  targeted.to(answer(parts)),
  // @ts-expect-error what would be written is judged as it will be asked, after its period was cut
  targeted.to(checkWritten),
  // @ts-expect-error nothing is forwarded before what it would write is held to the grant
  bounded.to(answer(parts)),
  // @ts-expect-error there is nothing to filter before a source has answered
  registered.to(filter),
  // @ts-expect-error what is not filtered is not composed
  answered.to(compose(parts)),
  // @ts-expect-error there is no reply to validate before it is composed
  filtered.to(validateAnswer),
  // @ts-expect-error what was not held against the contract is not signed
  composed.to(sign(parts)),
  // @ts-expect-error an answer straight from a source is not signed
  answered.to(sign(parts)),
];

// @ts-expect-error only a verified signature proves an element
export const proof: Proven = element;
