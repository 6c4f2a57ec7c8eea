import { z } from 'zod';
import type { ElementModel } from '../exchange/contract.ts';
import type { CodeRule, Rules } from '../exchange/service.ts';

const table = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected the name of a code table');
const path = z.string().min(1);
const source = z.string().min(1);

/** A line of `codes` in `service.yaml`. */
export const codeRuleShape = z
  .discriminatedUnion('in', [
    z.strictObject({ in: z.literal('question'), source, path, table }),
    z.strictObject({ in: z.literal('answer'), source, path, table, description: path.optional() }),
    z.strictObject({ in: z.literal('error'), source, table }),
  ])
  .transform(
    (rule): CodeRule => (rule.in === 'answer' ? { ...rule, description: rule.description ?? null } : rule),
  );

type Say = (key: readonly (string | number)[], message: string) => void;

/** What is wrong with the lines in themselves and beside the sources. */
export function checkCodeRules({ codes, sources }: Rules, say: Say): void {
  const names = new Set(sources?.options.map(({ source }) => source));
  const seen = new Set<string>();
  codes.forEach((rule, index) => {
    const key = ['codes', index];
    if (!names.has(rule.source)) {
      const there = [...names].join(', ') || 'none';
      say([...key, 'source'], `expected a source that the service asks, there is ${there}`);
    }
    const place = JSON.stringify([rule.in, rule.source, rule.in === 'error' ? null : rule.path]);
    if (seen.has(place)) say(key, 'the same is translated by an earlier line');
    seen.add(place);
    if (rule.in !== 'answer' || rule.description === null) return;
    if (parentOf(rule.description) !== parentOf(rule.path) || rule.description === rule.path)
      say([...key, 'description'], `expected an element beside ${rule.path}`);
  });
}

const parentOf = (steps: string) => steps.split('/').slice(0, -1).join('/');

/** Whether a code can stand there: text, and no elements. */
export const holdsCode = ({ hasText, children }: ElementModel): boolean => hasText && children.length === 0;
