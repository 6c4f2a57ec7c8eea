import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../exchange/clock.ts';
import type { Admits } from '../exchange/party.ts';
import type { PickupAccess } from '../exchange/pickup.ts';
import type { Attempts } from './pickup-attempts.ts';
import { isSignedBy, type PublicKey, readPublicKeys } from './pickup-key.ts';
import { isPassword } from './pickup-password.ts';

type Needs = {
  readonly accessOf: (userName: string) => Promise<PickupAccess | null>;
  readonly attempts: Attempts;
  readonly clock: Clock;
  /** Whether the party comes from there. */
  readonly admits: Admits;
};

/**
 * `busy`: too many passwords are being checked already; `blocked`: too often wrong from there; `elsewhere`: proven, but
 * from none of the party's networks, which whoever knocks is not told.
 */
export type Verdict = PickupAccess | 'wrong' | 'elsewhere' | 'blocked' | 'busy';

export type Login = {
  readonly password: (userName: string, password: string, address: string) => Promise<Verdict>;
  /** The key with which the user may prove to be one; null: not with this one. */
  readonly offered: (userName: string, blob: Buffer, address: string) => Promise<PublicKey | null>;
  readonly signed: (proof: Proof, address: string) => Promise<Verdict>;
  /** Somebody went away without having proved anything, after keys that nobody has. */
  readonly gaveUp: (userName: string, address: string) => void;
  /** Whether what let somebody in still would. */
  readonly holds: (access: PickupAccess, address: string) => Promise<boolean>;
};

type Proof = {
  readonly userName: string;
  readonly key: Buffer;
  readonly blob: Buffer;
  readonly signature: Buffer;
  readonly hash: string | null;
};

// One guess at a time takes 80 ms of one core; who waits behind this many would wait too long anyway.
const MAX_WAITING = 50;
// A client of the web door shows its password with every request.
const REMEMBER = 60_000;
const MAX_REMEMBERED = 1_000;

/** Who may come in for pick-up, by password or by key. Wrong user and wrong proof look and take the same. */
export function pickupLogin({ accessOf, attempts, clock, admits }: Needs): Login {
  const secret = randomBytes(32);
  const proven = new Map<
    string,
    { readonly digest: Buffer; readonly kept: string; readonly until: number }
  >();
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const digestOf = (password: string) => createHmac('sha256', secret).update(password).digest();

  async function current(userName: string): Promise<PickupAccess | null> {
    if (userName.length > 100) return null;
    const access = await accessOf(userName);
    return access && (access.validUntil === null || clock.now() < access.validUntil) ? access : null;
  }

  function isRemembered(userName: string, password: string, kept: string): boolean {
    const found = proven.get(userName);
    if (!found || found.kept !== kept || found.until < clock.now().getTime()) return false;
    return timingSafeEqual(found.digest, digestOf(password));
  }

  function remember(userName: string, password: string, kept: string): void {
    proven.delete(userName);
    proven.set(userName, { digest: digestOf(password), kept, until: clock.now().getTime() + REMEMBER });
    if (proven.size > MAX_REMEMBERED) proven.delete(proven.keys().next().value ?? '');
  }

  /** In turn: a thousand guesses at once must neither take all cores nor get past the count of those before them. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T | 'busy'> {
    if (waiting >= MAX_WAITING) return 'busy';
    waiting += 1;
    const mine = turn.then(work);
    turn = mine.catch(() => null);
    try {
      return await mine;
    } finally {
      waiting -= 1;
    }
  }

  /** What was proven counts from the party's networks; from elsewhere it may be stolen, and is told like what is wrong. */
  function entering(access: PickupAccess, address: string): Verdict {
    if (admits(access.partyId, address)) return access;
    attempts.failed(address, access.userName);
    return 'elsewhere';
  }

  async function guess(userName: string, password: string, address: string): Promise<Verdict> {
    if (!attempts.allowed(address, userName)) return 'blocked';
    const access = await current(userName);
    const kept = access?.kind === 'password' ? access.secret : null;
    if ((await isPassword(password, kept)) && access) {
      remember(userName, password, access.secret);
      return entering(access, address);
    }
    attempts.failed(address, userName);
    return 'wrong';
  }

  async function keyOf(
    userName: string,
    blob: Buffer,
  ): Promise<{ access: PickupAccess; key: PublicKey } | null> {
    const access = await current(userName);
    if (access?.kind !== 'key') return null;
    const key = readPublicKeys(access.secret).find((each) => each.blob.equals(blob));
    return key ? { access, key } : null;
  }

  return {
    password: async (userName, password, address) => {
      if (!attempts.allowed(address, userName)) return 'blocked';
      const access = await current(userName);
      if (access?.kind === 'password' && isRemembered(userName, password, access.secret))
        return entering(access, address);
      return inTurn(() => guess(userName, password, address));
    },
    offered: async (userName, blob, address) => {
      if (!attempts.allowed(address, userName)) return null;
      return (await keyOf(userName, blob))?.key ?? null;
    },
    signed: async ({ userName, key: blob, ...proof }, address) => {
      if (!attempts.allowed(address, userName)) return 'blocked';
      const found = await keyOf(userName, blob);
      if (found && isSignedBy(found.key, proof)) return entering(found.access, address);
      attempts.failed(address, userName);
      return 'wrong';
    },
    gaveUp: (userName, address) => attempts.failed(address, userName),
    holds: async ({ id, userName, secret: kept, partyId }, address) => {
      const access = await current(userName);
      return access?.id === id && access.secret === kept && admits(partyId, address);
    },
  };
}
