import type { Subject } from './party.ts';

/**
 * Do the last two digits fit the others, modulo 97? An INSZ of someone born from 2000 on is reckoned with a 2 before
 * its first nine digits; which of the two rules holds cannot be read off the number, so either may fit.
 */
export function isStructured({ kind, number }: Subject): boolean {
  if (kind === 'enterprise') return /^[01]\d{9}$/.test(number) && fits(number.slice(0, 8), number.slice(8));
  if (!/^\d{11}$/.test(number)) return false;
  const [body, check] = [number.slice(0, 9), number.slice(9)];
  return fits(body, check) || fits(`2${body}`, check);
}

const fits = (body: string, check: string) => 97 - (Number(body) % 97) === Number(check);
