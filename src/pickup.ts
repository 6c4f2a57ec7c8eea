import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import type { Caller } from './exchange/pickup.ts';
import type { FileEvent, PublicationFile } from './exchange/subscription.ts';
import { countAttempts } from './files/pickup-attempts.ts';
import { keepLedger } from './files/pickup-ledger.ts';
import { pickupLogin } from './files/pickup-login.ts';
import { clearUnfinished, partyTree } from './files/pickup-tree.ts';
import { openHostKeys } from './files/sftp-host-keys.ts';
import { sftpLimits } from './files/sftp-limits.ts';
import { type SftpServer, sftpServer } from './files/sftp-server.ts';
import type { Foundation } from './foundation.ts';
import { pickupDoor } from './http/pickup-door.ts';
import type { OpenServer } from './open-server.ts';
import { voucherName } from './publication/file-name.ts';
import { StartError } from './start-error.ts';
import { onceAnswered } from './wss/once-answered.ts';

/** A person mistypes a few times; a program with an old password is told so, and goes on for ever. */
const WRONG = { perUser: 10, perAddress: 100, within: 5 * 60_000 };
/** Of a party that came in: what it asks and may not have. A client with a bad list of names stays below it. */
const REFUSED = { perUser: 100, perAddress: 100, within: 60_000 };
const MAX_LISTED = 1000;
const READY = ['written', 'collected', 'acknowledged'] as const;

type Needs = {
  readonly config: Config;
  readonly log: Logger;
  readonly foundation: Pick<Foundation, 'store' | 'trust' | 'learn' | 'demo'>;
  /** A party laid a whole file down in To_Vip, under this name. */
  readonly onLaidDown: (partyId: number, name: string) => void;
};

export type Pickup = {
  /** Pick-up over HTTPS, in every process that answers. */
  readonly offer: (door: OpenServer) => void;
  /** Pick-up over SFTP, in one process; null where it is switched off. */
  readonly listen: () => Promise<{ readonly port: number; readonly close: SftpServer['close'] } | null>;
};

/** What parties fetch and lay down: one login, one tree of files and one ledger behind two doors. */
export function openPickup({ config, log, foundation, onLaidDown }: Needs): Pickup {
  const { store, trust, learn, demo } = foundation;
  const root = join(config.var, 'files');
  const attempts = countAttempts(() => performance.now(), WRONG);
  const refusals = countAttempts(() => performance.now(), REFUSED);
  const login = pickupLogin({
    ...{ accessOf: store.pickupAccessOf, attempts, clock: systemClock, admits: store.admits },
  });
  const onFault = (error: unknown) => log.error({ err: error }, 'a pick-up failed through a fault of ours');

  async function fileNamed(partyId: number, name: string): Promise<PublicationFile | null> {
    const stem = /^(.+)\.(?:voucher|notice)\.xml$/.exec(name)?.[1];
    const names = stem === undefined ? [name] : [`${stem}.xml`, `${stem}.csv`];
    for (const each of names) {
      const [found] = await store.files({ partyId, name: each, limit: 1 });
      if (found) return found;
    }
    return null;
  }

  async function noteEvent(event: FileEvent): Promise<void> {
    await store.noteEvent(event);
    const { partyId, what, channel, remoteAddress, detail } = event;
    log[what === 'refused' ? 'warn' : 'info']({ party: partyId, channel, remoteAddress, detail }, what);
  }

  const ledger = keepLedger({ ...store, fileNamed, noteEvent, onLaidDown, clock: systemClock });
  const treeOf = (partyId: number) => partyTree(root, partyId, randomUUID);

  /** Of somebody who is known the refusal is in the audit; a name that is nobody's is only in the log. */
  function onTurnedAway(channel: Caller['channel']) {
    return (userName: string, remoteAddress: string, why: string) => {
      const name = userName.slice(0, 100);
      log.warn({ user: name, channel, remoteAddress, why }, 'not let in');
      // Who is blocked was written down often enough.
      if (/^(blocked|busy)/.test(why)) return;
      void store
        .pickupAccessOf(name)
        .then(async (access) => {
          if (access)
            await ledger.refused(
              { partyId: access.partyId, as: name, channel, remoteAddress },
              `not let in: ${why}`,
            );
        })
        .catch(onFault);
    };
  }

  async function acknowledge(caller: Caller, file: PublicationFile): Promise<void> {
    if (file.state === 'acknowledged') return;
    const at = systemClock.now();
    const { partyId, channel, remoteAddress, as } = caller;
    // First written down: a repetition after a crash is told twice, and none is told of never.
    await noteEvent({
      fileId: file.id,
      partyId,
      what: 'acknowledged',
      channel,
      remoteAddress,
      at,
      detail: `${as}: ${file.name}`,
    });
    await store.markAcknowledged(file.id, at);
  }

  async function partyOf(chain: readonly Buffer[], remoteAddress: string) {
    try {
      const check = () => trust.check(chain, systemClock.now());
      const { subject } = (await onceAnswered(learn, check)).certificate;
      const party = store.partyOf(subject);
      if (!party) return null;
      const found = { partyId: party.id, as: subject };
      if (store.admits(party.id, remoteAddress)) return found;
      const why = `not let in: ${remoteAddress} is in none of the networks of ${party.name}`;
      await ledger.refused({ ...found, channel: 'https', remoteAddress }, why);
      return null;
    } catch (cause) {
      log.warn({ reason: String(cause) }, 'a certificate shown for pick-up is not relied on');
      return null;
    }
  }

  const offer: Pickup['offer'] = ({ server, clientOf }) =>
    pickupDoor(server, {
      clientOf,
      mutual: config.tlsClientAuthorities !== null,
      encryptedBefore: config.publicUrl?.startsWith('https:') ?? false,
      partyOf,
      password: login.password,
      onTurnedAway: onTurnedAway('https'),
      filesOf: (partyId) => store.files({ partyId, states: READY, limit: MAX_LISTED }),
      fileNamed: async (partyId, name) => {
        const found = await fileNamed(partyId, name);
        return found && READY.some((state) => state === found.state) ? found : null;
      },
      voucherName,
      open: async (partyId, name) => {
        const tree = treeOf(partyId);
        return (await tree.open('Publicaties', name)) ?? (await tree.open('cache', name));
      },
      ledger,
      acknowledge,
      patience: {
        lasts: (partyId) => refusals.allowed(String(partyId), ''),
        tried: (partyId) => refusals.failed(String(partyId), ''),
      },
      onFault,
    });

  async function listen() {
    if (config.sftpPort === 0) return null;
    await clearUnfinished(root);
    const hostKeys = openHostKeys(join(config.var, 'sftp'));
    const server = sftpServer({
      hostKeys: hostKeys.map(({ privateKey }) => privateKey),
      ...{ login, treeOf, ledger, limits: sftpLimits, onTurnedAway: onTurnedAway('sftp'), onFault },
    });
    const port = await listenOn(server, config, demo, log);
    const keys = hostKeys.map(({ type, fingerprint }) => `${type} ${fingerprint}`);
    log.info({ port, hostKeys: keys }, 'pick-up over SFTP');
    return { port, close: server.close };
  }
  return { offer, listen };
}

/** A demo beside another one takes a free port; where clients have a port configured, another one is no use to them. */
async function listenOn(
  server: SftpServer,
  { host, sftpPort }: Config,
  demo: boolean,
  log: Logger,
): Promise<number> {
  try {
    return await server.listen(host, sftpPort);
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    if (!taken || !demo) {
      const advice = 'choose another with KRUISPUNT_SFTP_PORT, or 0 for none';
      throw new StartError(`cannot offer SFTP on ${host}:${sftpPort} (${String(cause)}); ${advice}`, {
        cause,
      });
    }
    const port = await server.listen(host, 0);
    log.warn({ wanted: sftpPort, port }, 'the SFTP port is in use; the demo takes a free one');
    return port;
  }
}
