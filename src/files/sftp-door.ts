import type { AuthContext, Connection, SFTPWrapper } from 'ssh2';
import type { PickupAccess } from '../exchange/pickup.ts';
import type { Login, Verdict } from './pickup-login.ts';

type Needs = {
  readonly login: Login;
  readonly address: string;
  readonly onEntered: (access: PickupAccess) => boolean;
  readonly onFault: (error: unknown) => void;
  readonly disconnect: () => void;
};

// OpenSSH's own limit; an agent with many keys offers each of them.
const MAX_TRIES = 6;

/** Under which name somebody tried in vain, and why it was in vain. */
export type TurnedAway = { readonly userName: string; readonly why: string };

/**
 * Lets in who proves to be a user: by signature or by password. Everything else SSH knows is refused.
 *
 * @returns what was tried in vain, as it stands when it is asked
 */
export function guardEntry(client: Connection, needs: Needs): () => TurnedAway | null {
  const { login, address } = needs;
  let tries = 0;
  let turnedAway: TurnedAway | null = null;

  async function decide(context: AuthContext): Promise<void> {
    const { username } = context;
    if (context.method === 'publickey') {
      const { key, signature, blob, hashAlgo } = context;
      if (!signature || !blob) {
        // Only whether it may be tried: the client then signs with it.
        if (await login.offered(username, key.data, address)) context.accept();
        else refuse(context, 'wrong');
        return;
      }
      const proof = { userName: username, key: key.data, blob, signature, hash: hashAlgo ?? null };
      settle(context, await login.signed(proof, address));
    } else if (context.method === 'password') {
      settle(context, await login.password(username, context.password, address));
    } else {
      context.reject(['publickey', 'password']);
    }
  }

  function settle(context: AuthContext, verdict: Verdict): void {
    if (typeof verdict === 'string') refuse(context, verdict);
    else if (needs.onEntered(verdict)) context.accept();
    else needs.disconnect();
  }

  function refuse(context: AuthContext, why: Extract<Verdict, string>): void {
    tries += 1;
    turnedAway = { userName: context.username, why: `${why} ${context.method}` };
    context.reject(['publickey', 'password']);
    if (tries >= MAX_TRIES || why === 'blocked' || why === 'busy') needs.disconnect();
  }

  client.on('authentication', (context) => {
    decide(context).catch((error) => {
      needs.onFault(error);
      context.reject();
      needs.disconnect();
    });
  });
  return () => turnedAway;
}

/** The one thing that is offered behind the door: one SFTP session a connection. */
export function offerSftp(client: Connection, begin: (accept: () => SFTPWrapper) => void): void {
  let begun = false;
  client.on('session', (accept, reject) => {
    if (begun) return reject();
    begun = true;
    accept().on('sftp', begin);
  });
}
