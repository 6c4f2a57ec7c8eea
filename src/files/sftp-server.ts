import { createServer, type Socket } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { networkOf } from '../exchange/networks.ts';
import type { Caller, Ledger, PickupAccess } from '../exchange/pickup.ts';
import type { Login } from './pickup-login.ts';
import type { PartyTree } from './pickup-tree.ts';
import { guardEntry, offerSftp } from './sftp-door.ts';
import { countPlaces, type SftpLimits } from './sftp-limits.ts';
import { operationsOf } from './sftp-operations.ts';
import { serveSftp } from './sftp-session.ts';

type Needs = {
  readonly hostKeys: readonly string[];
  readonly login: Login;
  readonly treeOf: (partyId: number) => PartyTree;
  readonly ledger: Ledger;
  readonly limits: SftpLimits;
  /** Somebody was not let in, under a name that may not be anybody's. */
  readonly onTurnedAway: (userName: string, remoteAddress: string, why: string) => void;
  readonly onFault: (error: unknown) => void;
};

export type SftpServer = {
  readonly listen: (host: string, port: number) => Promise<number>;
  /** Nobody comes in any more, and who is in is sent away. Resolves when all that was open is closed. */
  readonly close: () => Promise<void>;
};

// Nothing over SHA-1 or CBC. What is left every client of the last ten years has.
const ALGORITHMS: ssh2.Algorithms = {
  kex: [
    ...(['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'] as const),
    ...(['ecdh-sha2-nistp384', 'diffie-hellman-group16-sha512', 'diffie-hellman-group14-sha256'] as const),
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  hmac: [
    ...(['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'] as const),
    ...(['hmac-sha2-256', 'hmac-sha2-512'] as const),
  ],
  // Compressing what a stranger sends is work for nothing, and tells sizes.
  compress: ['none'],
};

type Session = { readonly close: () => Promise<void> };

/** SFTP for parties: each sees its own folders and nothing else of the machine. */
export function sftpServer(needs: Needs): SftpServer {
  const { limits, onFault } = needs;
  const places = countPlaces(limits);
  const open = new Map<Socket, () => Promise<void>>();
  const ending = new Set<Promise<void>>();
  const ssh = new ssh2.Server({ hostKeys: [...needs.hostKeys], algorithms: ALGORITHMS, ident: 'kruispunt' });

  // The library waits for the client's first word without end: places and time are counted before it gets a socket.
  const server = createServer({ noDelay: true }, (socket) => {
    const address = socket.remoteAddress ?? '';
    const place = places.stranger(networkOf(address));
    if (!place) {
      socket.destroy();
      return;
    }
    const late = setTimeout(() => socket.destroy(), limits.loginTime);
    open.set(socket, async () => {});
    // Also one that the library has not looked at yet may be cut off.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(late);
      place.leave();
      const end = (open.get(socket) ?? (async () => {}))().catch(onFault);
      open.delete(socket);
      ending.add(end);
      void end.then(() => ending.delete(end));
    });
    waiting.set(portOf(socket), { socket, enter: (id) => enter(id) });
    socket.once('close', () => waiting.delete(portOf(socket)));
    const enter = (partyId: number) => {
      clearTimeout(late);
      return place.enter(partyId);
    };
    ssh.injectSocket(socket);
  });
  /** The library tells of a connection by the address it comes from. */
  const waiting = new Map<
    string,
    { readonly socket: Socket; readonly enter: (partyId: number) => boolean }
  >();
  const portOf = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;

  ssh.on('connection', (client: Connection, info: ssh2.ClientInfo) => {
    const found = waiting.get(`${info.ip} ${info.port}`);
    client.on('error', () => found?.socket.destroy());
    if (!found) return void client.end();
    welcome(client, found.socket, info.ip, found.enter);
  });

  function welcome(client: Connection, socket: Socket, address: string, enter: (partyId: number) => boolean) {
    let access: PickupAccess | null = null;
    const disconnect = () => {
      client.end();
      // Who does not take leave is shown the door.
      setTimeout(() => socket.destroy(), 1_000).unref();
    };
    const triedInVain = guardEntry(client, {
      login: needs.login,
      address,
      onFault,
      disconnect,
      onEntered: (found) => {
        if (enter(found.partyId)) access = found;
        else needs.onTurnedAway(found.userName, address, `more than ${limits.perParty} connections at once`);
        return access !== null;
      },
    });
    socket.once('close', () => {
      const tried = access === null ? triedInVain() : null;
      if (!tried) return;
      if (tried.why === 'wrong publickey') needs.login.gaveUp(tried.userName, address);
      needs.onTurnedAway(tried.userName, address, tried.why);
    });
    offerSftp(client, (accept) => {
      if (access === null) return disconnect();
      const entered = access;
      const session = begin(entered, accept);
      open.set(socket, session.close);
    });

    function begin(entered: PickupAccess, accept: () => ssh2.SFTPWrapper): Session {
      const caller: Caller = {
        partyId: entered.partyId,
        as: entered.userName,
        channel: 'sftp',
        remoteAddress: address,
      };
      // At once: the library drops what the client sends before.
      const sftp = accept();
      const idle = setTimeout(disconnect, limits.idleTime);
      let refusals = 0;
      let misses = 0;
      const served = serveSftp(sftp, {
        socket,
        operations: operationsOf({
          tree: needs.treeOf(entered.partyId),
          caller,
          ledger: needs.ledger,
          holds: () => needs.login.holds(entered, address),
          maxUploadBytes: limits.maxUploadBytes,
        }),
        maxHandles: limits.handles,
        onRequest: () => idle.refresh(),
        onDenied: async (what) => {
          refusals += 1;
          await needs.ledger.refused(caller, what);
          return refusals < limits.refusals;
        },
        onMissed: async (what) => {
          misses += 1;
          // A client that looks for its file again and again is not to fill the audit.
          if (misses <= limits.refusals)
            await needs.ledger.refused(caller, `${what}: not there for this party`);
        },
        onFault,
        disconnect,
      });
      const close = async () => {
        clearTimeout(idle);
        await served.close();
      };
      sftp.once('end', () => {
        void served
          .finish()
          .then(close)
          .catch(onFault)
          .then(() => sftp.end());
      });
      return { close };
    }
  }

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          server.on('error', onFault);
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : port);
        });
      }),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open.keys()) socket.destroy();
      await closed;
      await Promise.all(ending);
    },
  };
}
