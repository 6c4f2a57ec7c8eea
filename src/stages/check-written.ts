import { beyondReach } from '../contract/beyond-reach.ts';
import { compileReach, type Visibility } from '../contract/visibility.ts';
import { dialectOf } from '../dialect/dialect.ts';
import type { Bounded, Permitted } from '../exchange/message.ts';
import { WRITES_ALL } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import { perGrant } from './per-grant.ts';

/**
 * Holds what a question to a writing service would write to what its grant lets be written. One thing too many and the
 * whole of it is refused: to write part of what somebody signed would be to write something else. Who computes the
 * answer makes no difference, so that what the bus keeps itself is guarded like what it forwards.
 *
 * @throws Refusal 40006, with the paths and never the values in the audit
 */
export function checkWritten(message: Bounded): Permitted {
  const { service, grant, subjects, content } = message;
  const allowed: Permitted = { ...message, permitted: true };
  if (service.rules.kind !== 'write' || grant.writable.includes(WRITES_ALL)) return allowed;
  const dialect = dialectOf(service.rules);
  const signed = dialect.readQuestion(message.question).content;
  // Where the period was cut, what is asked is another tree than what was signed: neither may hold too much.
  const trees = signed.is(content) ? [signed] : [signed, content];
  const reach = reachOf(message);
  const unwritable = [...new Set(trees.flatMap((tree) => beyondReach(tree, reach, dialect.isHead)))];
  if (unwritable.length === 0) return allowed;
  const shown = unwritable.slice(0, MOST_IN_WORDS).join(', ');
  const more = unwritable.length > MOST_IN_WORDS ? ` and ${unwritable.length - MOST_IN_WORDS} more` : '';
  throw new Refusal('40006', `grant ${grant.id} does not let ${shown}${more} be written`, TEXT, {
    known: { subjects, unwritable },
  });
}

const TEXT = 'De machtiging laat niet toe dat al deze gegevens geschreven worden.';
const MOST_IN_WORDS = 5;

const reachOf = perGrant(({ grant, service, operation }: Bounded): Visibility => {
  const request = service.contract.model(operation.request);
  if (!request)
    throw new Error(`the contract of ${service.rules.name} declares no ${operation.request.name}`);
  return compileReach(dialectOf(service.rules).questionModel(request), grant.writable);
});
