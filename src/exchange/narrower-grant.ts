import { asTheServiceSays, type GrantControls } from './controls.ts';
import type { Grant } from './party.ts';

type Terms = Omit<Grant, 'id' | 'partyId'> & { readonly party: string };

/**
 * Whether whoever had `before` may with `after` nothing that they could not already, on the same legal basis. What cannot
 * be told from the grants alone counts as more: a field that this does not know, a control left to the service.
 */
export function isNarrower(before: Terms, after: Terms): boolean {
  const known: Terms = {
    ...before,
    hoedanigheid: before.hoedanigheid === null ? after.hoedanigheid : before.hoedanigheid,
    validFrom: latest(before.validFrom, after.validFrom),
    validUntil: endsNoLater(before.validUntil, after.validUntil) ? after.validUntil : before.validUntil,
    visible: after.visible.every((path) => covers(before.visible, path)) ? after.visible : before.visible,
    writable: after.writable.every((path) => covers(before.writable, path))
      ? after.writable
      : before.writable,
    population: before.population === null ? after.population : before.population,
    dataFrom: startsNoSooner(before.dataFrom, after.dataFrom) ? after.dataFrom : before.dataFrom,
    dataUntil: endsNoLater(before.dataUntil, after.dataUntil) ? after.dataUntil : before.dataUntil,
    encrypted: before.encrypted || after.encrypted,
    controls: stricter(before.controls, after.controls),
  };
  return inOrder(known) === inOrder(after);
}

const latest = (one: Date, other: Date) => (one > other ? one : other);

const endsNoLater = <T extends Date | string>(before: T | null, after: T | null): boolean =>
  before === null || (after !== null && after <= before);
const startsNoSooner = (before: string | null, after: string | null): boolean =>
  before === null || (after !== null && after >= before);

/** Paths as `contract/visibility.ts` reads them: `A/**` is A and all below it. */
const covers = (paths: readonly string[], path: string): boolean =>
  paths.some((each) => {
    if (each === path || each === '**') return true;
    if (!each.endsWith('/**')) return false;
    const top = each.slice(0, -'/**'.length);
    return path === top || path.startsWith(`${top}/`);
  });

/** The strictest that each control can be is no more than whatever it was; all else must stay as it was. */
const stricter = (before: GrantControls, after: GrantControls): GrantControls => ({
  ...asTheServiceSays,
  ...before,
  registration: after.registration === true ? true : before.registration,
  population: after.population === true ? true : before.population,
  period: after.period === 'refuse' ? 'refuse' : before.period,
});

/** The same for the same content, in whatever order its fields were written. */
const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
