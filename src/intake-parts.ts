import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { FlowFor } from './exchange/intake.ts';
import type { FileEvent } from './exchange/subscription.ts';
import { checkFileAgainstVoucher } from './files/check-file.ts';
import { intakeTray } from './files/intake-tray.ts';
import type { Foundation } from './foundation.ts';
import { KEPT } from './intake/clear.ts';
import { tellDuplicate } from './intake/settle.ts';
import { mutationFlow } from './publication/mutation-flow.ts';
import { questionFlow } from './publication/question-flow.ts';
import { MAX_VOUCHER_BYTES, readVoucher } from './publication/read-voucher.ts';
import { openVoucherSchema } from './publication/voucher-schema.ts';
import type { PublishingParts } from './publishing.ts';

type IntakeParts = Pick<
  PublishingParts,
  | 'environment'
  | 'speaker'
  | 'sign'
  | 'answer'
  | 'noteEvent'
  | 'tellDuplicate'
  | 'laidDown'
  | 'readVoucher'
  | 'maxVoucherBytes'
  | 'partyById'
  | 'flowFor'
  | 'differences'
  | 'partiesToReceive'
  | 'intakesToClear'
>;

/** What the steps of src/publishing.ts that take in what parties lay down work with in a bus that runs. */
export function intakeParts(config: Config, log: Logger, foundation: Foundation): IntakeParts {
  const { speaker, environment } = config;
  const { store, documents, trust, learn } = foundation;
  const tray = intakeTray({ root: resolve(config.var, 'files'), randomId: randomUUID });
  const voucher = { schema: openVoucherSchema(), trust, learn, partyOf: store.partyOf, environment };
  const noteEvent = async (event: FileEvent) => {
    await store.noteEvent(event);
    if (event.what === 'intake-accepted' || event.what === 'intake-rejected')
      log[event.what === 'intake-accepted' ? 'info' : 'warn'](
        { party: event.partyId, detail: event.detail },
        event.what,
      );
  };
  const telling = { environment, speaker, sign: documents.sign, answer: tray.answer, noteEvent };
  return {
    ...telling,
    tellDuplicate: tellDuplicate(telling),
    laidDown: tray,
    readVoucher: (bytes, party, at) => readVoucher(bytes, voucher, party, at),
    maxVoucherBytes: MAX_VOUCHER_BYTES,
    partyById: async (id) => (await store.parties()).find((each) => each.id === id) ?? null,
    flowFor: flowsOf(config, foundation),
    differences: ({ partyId, fileName, size, sha256, records }, as, { record }) =>
      checkFileAgainstVoucher(
        tray.pathOf(partyId, as),
        { name: fileName, mediaType: 'application/xml', size, sha256, records, part: 1, parts: 1 },
        record,
      ),
    partiesToReceive: async () => (await tray.parties()).map((id) => ({ id })),
    intakesToClear: (now, limit) => store.intakesToClear(new Date(now.getTime() - KEPT), limit),
  };
}

/** Every kind of file that parties may lay down. */
function flowsOf({ speaker }: Config, { publications, table, store }: Foundation): FlowFor {
  // What is told of is what sources change: a snapshot is asked for.
  const told = publications.filter(({ asks }) => asks === null);
  const mutations = told.map((each) => mutationFlow(each, { ...store, speaker }));
  return (name, version) => {
    const changes = mutations.find((each) => each.service === name && each.version === version);
    // Services may be replaced while the bus runs.
    const asked = table.services().find(({ rules }) => rules.name === name && rules.version === version);
    return changes ?? (asked ? questionFlow(asked, store) : null);
  };
}
