import { type DemoPerson, demoPersons } from './people.ts';

/** What a demo source does when asked about a number, whatever protocol it speaks. */
export type Finding =
  | { readonly kind: 'person'; readonly image: Record<string, unknown>; readonly replaces: string | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'down' }
  | { readonly kind: 'fault' }
  | { readonly kind: 'truncated'; readonly image: Record<string, unknown> };

// Longer than the bus waits for a demo source (`world.ts`), so that it gives up.
const SLOW = 4_000;

/** Looks people up as a register would, misbehaving where the data file says so. */
export function demoRegister(): (insz: string) => Promise<Finding> {
  const persons = new Map(demoPersons().map((person) => [person.insz, person]));
  const someoneElse = demoPersons()[0]?.person ?? null;

  return async function find(insz) {
    const found = persons.get(insz);
    if (!found || found.behaviour === 'unknown') return { kind: 'unknown' };
    if (found.behaviour === 'down' || found.behaviour === 'fault') return { kind: found.behaviour };
    if (found.behaviour === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW).unref());
    const image = found.behaviour === 'wrong' ? someoneElse : imageOf(found, persons);
    if (!image) return { kind: 'unknown' };
    if (found.behaviour === 'truncated') return { kind: 'truncated', image };
    return { kind: 'person', image, replaces: found.behaviour === 'replaced' ? insz : null };
  };
}

const imageOf = (found: DemoPerson, persons: ReadonlyMap<string, DemoPerson>) =>
  found.behaviour === 'replaced' ? (persons.get(found.replacedBy ?? '')?.person ?? null) : found.person;
