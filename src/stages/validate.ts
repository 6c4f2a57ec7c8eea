import { dialectOf } from '../dialect/dialect.ts';
import type { Violation } from '../exchange/contract.ts';
import type { Parsed, Validated } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';

/** Holds the Body's child against its schema, and what it says of itself against the service it was routed to. */
export function validate(message: Parsed): Validated {
  const { service, unproven } = message;
  const violations = service.contract.violations(unproven);
  if (violations.length > 0) {
    const list = violations.map(describe).join('; ');
    throw new Refusal('10001', `schema: ${list}`, `De vraag voldoet niet aan het schema: ${list}`);
  }
  const contradiction = dialectOf(service.rules).contradiction(unproven, service.rules);
  if (contradiction)
    throw new Refusal('10001', contradiction, `De vraag spreekt zichzelf tegen: ${contradiction}.`);
  return { ...message, valid: true };
}

const describe = ({ path, line, message }: Violation) => `${path} (line ${line}): ${message}`;
