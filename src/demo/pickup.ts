import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Party } from '../exchange/party.ts';
import type { PickupAccess } from '../exchange/pickup.ts';

export type DemoPickup = {
  readonly newKeyPair: (
    comment: string,
  ) => Promise<{ readonly privateKey: string; readonly publicKey: string }>;
  readonly newPassword: () => string;
  readonly hashPassword: (password: string) => Promise<string>;
  readonly pickupAccesses: () => Promise<readonly PickupAccess[]>;
  readonly addPickupAccess: (access: Omit<PickupAccess, 'id'>, who: string) => Promise<PickupAccess>;
};

/** Those who fetch files, and those who lay them down. */
const FETCHING = ['afnemer', 'beperkt', 'leverancier', 'bron'];
const WHO = 'kruispunt';

/** How a demo party fetches its files, by names in the demo folder; null when it does not. */
export const pickupOf = (name: string) =>
  FETCHING.includes(name)
    ? { user: name, key: `${name}.ssh.key`, webUser: `${name}-web`, password: `${name}.password` }
    : null;

/**
 * Gives each of them a key for SFTP and a password for HTTPS. What a start that was cut short left out is made up for;
 * an access that an operator took away later stays away.
 */
export async function givePickup(
  folder: string,
  parties: readonly Pick<Party, 'id' | 'name'>[],
  needs: DemoPickup,
): Promise<void> {
  const given = resolve(folder, 'pickup-given');
  if (existsSync(given)) return;
  const present = new Set((await needs.pickupAccesses()).map(({ userName }) => userName));
  for (const { id: partyId, name } of parties) {
    const names = pickupOf(name);
    if (!names) continue;
    const { key, password } = await keepSecrets(folder, name, names, needs);
    const hash = await needs.hashPassword(password);
    const common = { partyId, validUntil: null } as const;
    if (!present.has(names.user))
      await needs.addPickupAccess({ ...common, userName: names.user, kind: 'key', secret: key }, WHO);
    if (!present.has(names.webUser))
      await needs.addPickupAccess(
        { ...common, userName: names.webUser, kind: 'password', secret: hash },
        WHO,
      );
  }
  writeFileSync(given, '');
}

/** The secrets as they lie in the demo folder, made where there are none. */
async function keepSecrets(
  folder: string,
  name: string,
  names: NonNullable<ReturnType<typeof pickupOf>>,
  { newKeyPair, newPassword }: DemoPickup,
): Promise<{ readonly key: string; readonly password: string }> {
  const [privateKey, password] = [resolve(folder, names.key), resolve(folder, names.password)];
  const publicKey = `${privateKey}.pub`;
  // The public key is written last: where it is, the private one is.
  if (!existsSync(publicKey)) {
    const pair = await newKeyPair(`${name}-demo`);
    // OpenSSH uses no private key that others may read.
    writeFileSync(privateKey, pair.privateKey, { mode: 0o600 });
    writeFileSync(publicKey, `${pair.publicKey}\n`);
  }
  if (!existsSync(password)) writeFileSync(password, `${newPassword()}\n`, { mode: 0o600 });
  return { key: readFileSync(publicKey, 'utf8').trim(), password: readFileSync(password, 'utf8').trim() };
}
