import type { Checked, Composed } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';

/** Nothing leaves that the contract does not allow, in the form in which it leaves: filtered, and in our envelope. */
export function validateAnswer(message: Composed): Checked {
  const violations = message.service.contract.violations(message.reply.tree);
  const [first] = violations;
  if (first) {
    throw new Refusal('60009', `our own answer breaks the schema: ${first.path}: ${first.message}`, null, {
      known: { asked: message.asked },
    });
  }
  return { ...message, sound: true };
}
