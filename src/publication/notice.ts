import type { PublicationFile } from '../exchange/subscription.ts';
import type { Environment } from '../exchange/voucher.ts';
import type { QName } from '../xml/names.ts';
import { type Content, element, type Markup } from '../xml/write.ts';
import { noticeName } from './file-name.ts';
import { saysTheSame } from './lay-down.ts';

const n = (name: string): QName => ({ namespace: 'urn:kruispunt:batch:notice:v1', name, prefix: 'n' });

type Needs = {
  readonly environment: Environment;
  readonly speaker: string;
  readonly place: (partyId: number, name: string, bytes: Iterable<Uint8Array>) => Promise<unknown>;
  readonly read: (partyId: number, name: string) => Promise<Uint8Array | null>;
  readonly remove: (partyId: number, name: string) => Promise<void>;
  /** A document that holds this and its own signature. */
  readonly sign: (root: QName, content: readonly Content[]) => Uint8Array;
};

/** Says beside a file that it will be taken away. That of an earlier retention makes room. */
export const layNotice =
  (needs: Needs) =>
  async (file: PublicationFile): Promise<void> => {
    const { place, read, remove, sign } = needs;
    const name = noticeName(file.name);
    const signed = sign(n('Notice'), noticeContent(file, needs));
    const there = await read(file.partyId, name);
    if (there !== null && saysTheSame(there, signed)) return;
    if (there !== null) await remove(file.partyId, name);
    await place(file.partyId, name, [signed]);
  };

/** Nothing but what its row says, so that whenever it is written it says the same. */
function noticeContent(
  file: PublicationFile,
  { environment, speaker }: Pick<Needs, 'environment' | 'speaker'>,
): readonly Markup[] {
  const organisation = (name: string, uri: string, hoedanigheid: string | null) =>
    element(n(name), [
      element(n('organizationIdentification'), uri),
      hoedanigheid === null ? null : element(n('hoedanigheid'), hoedanigheid),
    ]);
  return [
    element(n('noticeVersion'), '1'),
    element(n('environment'), environment),
    organisation('sender', speaker, null),
    organisation('receiver', file.uri, file.hoedanigheid),
    element(n('voucherId'), file.voucherId),
    element(n('fileName'), file.name),
    element(n('serviceName'), file.publication),
    element(n('messageVersion'), file.version),
    element(n('fileSequenceNumber'), String(file.sequence)),
    element(n('status'), 'NOT_COLLECTED'),
    element(n('expiryTimestamp'), file.expiresAt.toISOString()),
  ];
}
