import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/exchange/clock.ts';
import { type GrantFor, WRITES_ALL } from '../../src/exchange/party.ts';
import type { FileEvent } from '../../src/exchange/subscription.ts';
import type { Voucher, VoucherFile } from '../../src/exchange/voucher.ts';
import { checkFileAgainstVoucher } from '../../src/files/check-file.ts';
import { intakeTray } from '../../src/files/intake-tray.ts';
import { clear, KEPT } from '../../src/intake/clear.ts';
import { receive } from '../../src/intake/receive.ts';
import { tellDuplicate } from '../../src/intake/settle.ts';
import { takeIn } from '../../src/intake/take-in.ts';
import { mutationFlow } from '../../src/publication/mutation-flow.ts';
import { openStore } from '../../src/store/connection.ts';
import { element, write } from '../../src/xml/write.ts';
import { publication } from '../publication/records.ts';
import { newGrant, newParty } from '../store/samples.ts';
import { sqliteDatabase } from '../support/database.ts';
import { factsOf, mutationFile, SPEAKER, voucherOver } from '../support/laid-down.ts';
import { keys } from '../support/subject-keys.ts';

/** The steps that take in what a source lays down, over an embedded database and folders of their own. */

export const source = { uri: 'bron.example', hoedanigheid: '101' };

type Laid = { readonly text?: string; readonly file?: Partial<VoucherFile> };

export async function intakeWorld() {
  const database = await sqliteDatabase();
  const root = mkdtempSync(join(tmpdir(), 'intake-'));
  const store = await openStore(database.url, { clock: systemClock, keys });
  const party = await store.addParty(newParty({ identities: [source] }));
  const right = { service: 'RegistreerMutatieNotificatie', version: '02.01', writable: [WRITES_ALL] };
  await store.addGrant(newGrant(party.id, { ...source, ...right, visible: ['**'] }));
  const tray = intakeTray({ root, randomId: randomUUID });
  const toVip = join(root, `p${party.id}`, 'To_Vip');
  const fromVip = join(root, `p${party.id}`, 'From_Vip');
  mkdirSync(toVip, { recursive: true });
  const events: FileEvent[] = [];
  const telling = {
    ...{ environment: 'TEST' as const, speaker: SPEAKER, answer: tray.answer },
    sign: (...[root, content]: Parameters<Parameters<typeof takeIn>[0]['sign']>) =>
      Buffer.from(write(element(root, content))),
    noteEvent: async (event: FileEvent) => void events.push(event),
  };
  const flowWith = (grantFor: GrantFor) =>
    mutationFlow(publication, { ...store, grantFor, speaker: SPEAKER });
  const flow = flowWith(store.grantFor);
  const parts = {
    ...store,
    ...telling,
    clock: systemClock,
    laidDown: tray,
    partyById: async (id: number) => (id === party.id ? party : null),
    // Signatures and schema have tests of their own; here a voucher is plain data.
    readVoucher: (bytes: Uint8Array) => readPlain(bytes),
    maxVoucherBytes: 100_000,
    flowFor: (service: string, version: string) =>
      service === flow.service && version === flow.version ? flow : null,
    tellDuplicate: tellDuplicate(telling),
    differences: (
      ...[{ partyId, fileName, size, sha256, records }, as, { record }]: Parameters<
        Parameters<typeof takeIn>[0]['differences']
      >
    ) =>
      checkFileAgainstVoucher(
        tray.pathOf(partyId, as),
        { name: fileName, mediaType: 'application/xml', size, sha256, records, part: 1, parts: 1 },
        record,
      ),
  };
  return {
    ...{ store, party, tray, parts, events, toVip, fromVip, root, flow, flowWith },
    sql: database.sql,
    /** Lays a file and its voucher down; `said` and `file` are what the voucher says that is not so. */
    layDown: (
      records: readonly string[],
      said: Partial<Voucher> = {},
      { text = mutationFile(source, records), file = {} }: Laid = {},
    ): Voucher => {
      const name = `${randomUUID()}.xml`;
      const whole = voucherOver(factsOf(text), source, { name, records: records.length, ...said });
      const voucher = { ...whole, files: whole.files.map((each) => ({ ...each, ...file })) };
      writeFileSync(join(toVip, name), text);
      writeFileSync(join(toVip, name.replace('.xml', '.voucher.xml')), JSON.stringify(voucher));
      return voucher;
    },
    receiptOf: (name: string) => readFileSync(join(fromVip, name), 'utf8'),
    receipts: () => readdirSync(fromVip).toSorted(),
    references: async () =>
      (await database.sql('SELECT reference FROM mutation ORDER BY id')).map(({ reference }) => reference),
    close: async () => {
      await store.close();
      await database.remove();
      rmSync(root, { recursive: true });
    },
  };
}

export type IntakeWorld = Awaited<ReturnType<typeof intakeWorld>>;

async function readPlain(bytes: Uint8Array): ReturnType<Parameters<typeof receive>[0]['readVoucher']> {
  try {
    return { voucher: JSON.parse(Buffer.from(bytes).toString()) };
  } catch (error) {
    return { voucher: null, wrong: 'signature', problems: [String(error)] };
  }
}

/** What a sweep finds is done, until it finds nothing more; a step that fails is left for the next sweep. */
export async function drive({ tray, store }: IntakeWorld, parts: IntakeWorld['parts'], sweeps = 20) {
  const { signal } = new AbortController();
  const none = async () => {};
  const steps = { receive: receive(parts), 'take-in': takeIn(parts), clear: clear(parts) };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const found = [
      ...(await tray.parties()).map((id) => ['receive', id] as const),
      ...(await store.intakesToDo(100)).map(({ id }) => ['take-in', id] as const),
      ...(await store.intakesToClear(new Date(parts.clock.now().getTime() - KEPT), 100)).map(
        ({ id }) => ['clear', id] as const,
      ),
    ];
    if (found.length === 0) return;
    for (const [step, id] of found) await steps[step](String(id), signal, none).catch(() => {});
  }
}
