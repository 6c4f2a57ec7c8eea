import type { Element } from '../exchange/element.ts';
import type { Subject } from '../exchange/party.ts';
import type { Rules } from '../exchange/service.ts';
import { below } from './path.ts';

/** About whom a question says it is, its number as it is written; null when it names nobody. */
export function subjectIn(content: Element, rule: Rules['subject']): Subject | null {
  const number = rule && below(content, rule.path)?.text.trim();
  return rule && number !== undefined && number !== null ? { kind: rule.kind, number } : null;
}
