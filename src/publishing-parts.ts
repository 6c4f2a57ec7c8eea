import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import type { ClosedFile } from './exchange/publication.ts';
import type { PublicationFile } from './exchange/subscription.ts';
import { type FileTree, fileTree } from './files/tree.ts';
import type { Foundation } from './foundation.ts';
import { intakeParts } from './intake-parts.ts';
import { keepRetention } from './keep-retention.ts';
import { noticeName, voucherName } from './publication/file-name.ts';
import { freezing } from './publication/freeze.ts';
import { layAgain, layDown } from './publication/lay-down.ts';
import { layNotice } from './publication/notice.ts';
import { snapshotRecords } from './publication/snapshot-records.ts';
import type { PublishingParts } from './publishing.ts';

/** Where the files of all parties lie. */
export const openTree = (config: Config): FileTree =>
  fileTree({ root: resolve(config.var, 'files'), randomId: randomUUID });

const FOLDER = 'Publicaties';

/** What the steps of src/publishing.ts work with in a bus that runs. */
export function publishingParts(
  config: Config,
  log: Logger,
  foundation: Foundation,
  tree: FileTree,
  asking: Pick<PublishingParts, 'inquire' | 'serviceOf'>,
): PublishingParts {
  const { speaker, environment } = config;
  const { store, publications, documents } = foundation;
  const place = {
    place: (partyId: number, name: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) =>
      tree.place(partyId, FOLDER, name, bytes),
    read: (partyId: number, name: string) => tree.read(partyId, FOLDER, name),
    remove: (partyId: number, name: string) => tree.remove(partyId, FOLDER, name),
  };
  const sender = { speaker, environment, sign: documents.sign };
  const onDisk = {
    ...{ ...sender, ...place, publications },
    putBack: (partyId: number, name: string, sha256: string) => tree.putBack(partyId, FOLDER, name, sha256),
  };
  const answers = snapshotRecords({ ...store, publications });
  const recordsOf = (file: ClosedFile) =>
    file.kind === 'snapshot' ? answers(file) : store.recordsOf(file.id);
  const lay = layDown({ ...onDisk, recordsOf });
  const again = layAgain(onDisk);
  return {
    ...store,
    ...asking,
    ...intakeParts(config, log, foundation),
    clock: systemClock,
    retainAudit: keepRetention(config, log, foundation),
    freeze: freezing({
      ...{ clock: systemClock, publications, randomId: randomUUID },
      grantFor: store.grantFor,
    }),
    layDown: (file, signal) => {
      const { kind, records, size, sha256 } = file;
      const isThere = kind === 'snapshot' && records !== null && size !== null && sha256 !== null;
      return isThere ? again(file, { records, size, sha256 }) : lay(file, signal);
    },
    randomId: randomUUID,
    replies: {
      place: (partyId, name, bytes) => tree.place(partyId, 'From_Vip', name, bytes),
      remove: (partyId, name) => tree.remove(partyId, 'From_Vip', name),
    },
    layNotice: layNotice({ ...sender, ...place }),
    noticeBefore: config.noticeDays * 86_400_000,
    takeAway: async ({ partyId, name }) => {
      await place.remove(partyId, noticeName(name));
      await place.remove(partyId, voucherName(name));
      await place.remove(partyId, name);
    },
    announce: (file) => log.info(about(file), 'a file lies ready'),
    announceExpiry: (file) =>
      log.warn(
        { ...about(file), expiresAt: file.expiresAt },
        'nobody has collected a file that expires soon',
      ),
    onFault: (step, id, err) => log.error({ step, id, err }, 'a step failed; the sweep will queue it again'),
  };
}

const about = ({ id, partyId, publication, version, sequence, name }: PublicationFile) => ({
  ...{ file: id, partyId, publication, version, sequence, name },
});
