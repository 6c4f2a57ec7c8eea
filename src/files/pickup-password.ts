import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** N = 2^15, r = 8: 32 MiB and some 80 ms a guess on the machine this was measured on. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const satisfies ScryptOptions;
const LENGTH = 32;
const MAX_PASSWORD = 256;

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, LENGTH, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** A password nobody has to think of, and that is told once: 144 bits. */
export const newPassword = (): string => randomBytes(18).toString('base64url');

/** What is kept of a password: `scrypt$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64')}$${(await derive(password, salt)).toString('base64')}`;
}

const NOBODY = { salt: Buffer.alloc(16), key: Buffer.alloc(LENGTH) };

/** Takes as long for a user that does not exist (`kept` null) as for one that does. */
export async function isPassword(given: string, kept: string | null): Promise<boolean> {
  if (given.length > MAX_PASSWORD) return false;
  const [kind, salt, key] = (kept ?? '').split('$');
  const known = kind === 'scrypt' && salt !== undefined && key !== undefined;
  const expected = known ? { salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') } : NOBODY;
  const derived = await derive(given, expected.salt);
  return expected.key.length === LENGTH && timingSafeEqual(derived, expected.key) && known;
}
