import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ssh2 from 'ssh2';

export type HostKey = { readonly type: string; readonly privateKey: string; readonly fingerprint: string };

/**
 * The keys by which clients know the bus again, made once below `folder` and kept from then on. Ed25519, and for older
 * clients ECDSA on P-256. No RSA: with such a key the library would let a client choose a signature over SHA-1.
 */
export function openHostKeys(folder: string): readonly HostKey[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return [
    openHostKey(join(folder, 'host_ed25519'), () => ssh2.utils.generateKeyPairSync('ed25519')),
    openHostKey(join(folder, 'host_ecdsa'), () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })),
  ];
}

const isThere = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EEXIST';
const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

function readKept(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function openHostKey(
  path: string,
  make: () => { readonly private: string; readonly public: string },
): HostKey {
  const privateKey = readKept(path) ?? keep(path, make());
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw new Error(`${path} is no private key: ${key.message}`);
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '');
  return { type: key.type, privateKey, fingerprint: `SHA256:${digest}` };
}

/** Whole or not at all, and never over a key that another process made in the same moment. */
function keep(path: string, pair: { readonly private: string; readonly public: string }): string {
  const temporary = `${path}.${process.pid}.part`;
  writeFileSync(temporary, pair.private, { mode: 0o600 });
  try {
    linkSync(temporary, path);
    writeFileSync(`${path}.pub`, `${pair.public}\n`);
  } catch (error) {
    if (!isThere(error)) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return readFileSync(path, 'utf8');
}
