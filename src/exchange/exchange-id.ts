/**
 * The id of an exchange: a UUID of version 7 (RFC 9562 §5.7), which begins with the millisecond. Ids that come in
 * order land side by side in the audit's index, where random ones would each touch a page of their own.
 *
 * @param random a UUID of version 4, whose random bits it takes
 */
export function exchangeId(at: Date, random: string): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
