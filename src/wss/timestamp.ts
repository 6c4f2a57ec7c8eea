import type { Element } from '../exchange/element.ts';
import { namespaces } from '../xml/names.ts';
import { failed } from './failed.ts';

// A message may be read again for as long as it lives: five minutes is usual, ten is what node's soap client asks.
// It looks at the clock once for each end, so that a second may pass between the two.
const MAX_LIFETIME = 10 * 60_000 + 1_000;
// Clocks kept by NTP differ by far less than a minute.
const SKEW = 60_000;

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,12})?Z$/;

/**
 * A message speaks from Created until Expires (WS-Security 1.1 §10), both in UTC, ten minutes (and a second) apart at the most.
 *
 * @returns the last moment at which it would be accepted, clocks that differ included
 * @throws Refusal ERR_025 with both moments in its detail
 */
export function checkTimestamp(timestamp: Element, at: Date): Date {
  const { children } = timestamp;
  const known = children.every(
    ({ name, namespace }) => namespace === namespaces.wsu && (name === 'Created' || name === 'Expires'),
  );
  const created = timestamp.child('Created', namespaces.wsu);
  const expires = timestamp.child('Expires', namespaces.wsu);
  if (!known || children.length !== 2 || !created || !expires)
    throw failed('Timestamp does not hold exactly one Created and one Expires');
  const [begin, end, now] = [instant(created), instant(expires), at.getTime()];
  const said = () =>
    `Created ${created.text.trim()}, Expires ${expires.text.trim()}, received ${at.toISOString()}`;
  if (end <= begin) throw failed(`Timestamp expires before it begins: ${said()}`);
  if (end - begin > MAX_LIFETIME)
    throw failed(`Timestamp lives longer than ${MAX_LIFETIME / 1000} s: ${said()}`);
  if (begin > now + SKEW) throw failed(`Timestamp lies in the future: ${said()}`);
  if (end + SKEW < now) throw failed(`Timestamp has expired: ${said()}`);
  return new Date(end + SKEW);
}

/** Milliseconds since 1970; what a fraction says beyond them is dropped. */
function instant(element: Element): number {
  const text = element.text.trim();
  const [, seconds, fraction = ''] = INSTANT.exec(text) ?? [];
  const moment = Date.parse(`${seconds}Z`);
  // Date reads 30 February as a day in March.
  if (!seconds || Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 19) !== seconds)
    throw failed(`${element.name} ${JSON.stringify(text)} is no moment in UTC`);
  return moment + Math.floor(Number(`0${fraction}`) * 1000);
}
