import { createHash } from 'node:crypto';
import type { Clock } from '../exchange/clock.ts';
import type { Intake, IntakeProblem } from '../exchange/intake.ts';
import type { Party } from '../exchange/party.ts';
import type { Voucher } from '../exchange/voucher.ts';
import { judgeVoucher } from './judge-voucher.ts';
import { keptData, keptVoucher } from './names.ts';
import type { Run } from './step.ts';

/** As a voucher was read: what it says, or the kind of thing that is wrong with it. */
type Reading =
  | { readonly voucher: Voucher }
  | { readonly voucher: null; readonly wrong: string; readonly problems: readonly string[] };

type NewIntake = Omit<Intake, 'id' | 'takenRecords' | 'duplicates' | 'receipt' | 'clearedAt'>;

type Needs = Parameters<typeof judgeVoucher>[4] & {
  readonly clock: Clock;
  readonly partyById: (id: number) => Promise<Party | null>;
  readonly readVoucher: (bytes: Uint8Array, party: Party, at: Date) => Promise<Reading>;
  /** Longer ones are not read. */
  readonly maxVoucherBytes: number;
  readonly laidDown: {
    readonly vouchers: (partyId: number) => Promise<readonly string[]>;
    readonly read: (partyId: number, name: string, most: number) => Promise<Uint8Array | null>;
    readonly lies: (partyId: number, name: string) => Promise<boolean>;
    readonly keep: (partyId: number, name: string, as: string) => Promise<boolean>;
    readonly isKept: (partyId: number, as: string) => Promise<boolean>;
    readonly discard: (partyId: number, name: string) => Promise<void>;
  };
  /** null: the party laid this voucher down before. */
  readonly addIntake: (intake: NewIntake) => Promise<Intake | null>;
  readonly intakeOf: (partyId: number, voucherId: string) => Promise<Intake | null>;
  /** Tells the party that a voucher was laid down before. */
  readonly tellDuplicate: (file: Intake, at: Date) => Promise<void>;
};

/**
 * Of a party: gives each voucher that lies in its To_Vip a row, and puts it with its file where the party cannot change
 * them any more, the voucher last: as long as it lies there, this is to be done again.
 */
export const receive =
  (needs: Needs): Run =>
  async (id, signal, then) => {
    const party = await needs.partyById(Number(id));
    if (party === null) return;
    for (const name of await needs.laidDown.vouchers(party.id)) {
      signal.throwIfAborted();
      const file = await receiveOne(needs, party, name);
      if (file) await then('take-in', String(file.id));
    }
  };

async function receiveOne(needs: Needs, party: Party, name: string): Promise<Intake | null> {
  const { laidDown, clock, readVoucher, maxVoucherBytes } = needs;
  const bytes = await laidDown.read(party.id, name, maxVoucherBytes);
  if (bytes === null) return null;
  const at = clock.now();
  const reading = await readVoucher(bytes, party, at);
  const wanted =
    reading.voucher === null
      ? unreadable(reading, bytes, party, name, at)
      : readable(needs, reading.voucher, party, name, at);
  const added = await needs.addIntake(wanted);
  const file = added ?? (await needs.intakeOf(party.id, wanted.voucherId));
  if (file === null) throw new Error(`voucher ${wanted.voucherId} is neither new nor known`);
  const known = added === null && (await laidDown.isKept(party.id, keptVoucher(file.voucherId)));
  if (known) {
    // It may be this very voucher, that another process has just put away.
    if (await laidDown.lies(party.id, name)) {
      await needs.tellDuplicate(file, at);
      await laidDown.discard(party.id, name);
    }
    return null;
  }
  const data = reading.voucher?.files[0]?.name;
  if (data !== undefined) await laidDown.keep(party.id, data, keptData(file.voucherId));
  await laidDown.keep(party.id, name, keptVoucher(file.voucherId));
  return file;
}

// As long as the columns are; a flow of a longer name is none of ours.
const MAX_SERVICE = 100;

function readable(needs: Needs, voucher: Voucher, party: Party, name: string, at: Date): NewIntake {
  const problems = judgeVoucher(voucher, name, party.id, at, needs);
  const { id, sender, flow, legalContext, sequence, files } = voucher;
  const [file] = files;
  if (!file) throw new Error('the schema lets a voucher be about no file');
  return {
    ...{ partyId: party.id, voucherId: id, uri: sender.uri, hoedanigheid: sender.hoedanigheid },
    ...{ legalBasis: legalContext, service: flow.service.slice(0, MAX_SERVICE), version: flow.version },
    ...{ sequence, fileName: file.name, sha256: file.sha256, size: file.size, records: file.records },
    ...outcome(problems, at),
  };
}

function unreadable(
  { wrong, problems }: Extract<Reading, { voucher: null }>,
  bytes: Uint8Array,
  { id: partyId }: Party,
  name: string,
  at: Date,
): NewIntake {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const code = CODES[wrong] ?? 'VOUCHER_MALFORMED';
  const told = problems.slice(0, MOST_TOLD).map(
    (detail): IntakeProblem => ({
      ...{ code, record: null, reference: null, detail },
    }),
  );
  return {
    ...{ partyId, voucherId: sha256, uri: '', hoedanigheid: null, legalBasis: '', service: '', version: '' },
    ...{ sequence: 0, fileName: name, sha256, size: bytes.byteLength, records: 0 },
    ...outcome(told, at),
  };
}

const MOST_TOLD = 20;
const CODES: Readonly<Record<string, IntakeProblem['code']>> = {
  malformed: 'VOUCHER_MALFORMED',
  schema: 'VOUCHER_SCHEMA',
  signature: 'VOUCHER_SIGNATURE',
  sender: 'VOUCHER_SENDER',
  environment: 'VOUCHER_ENVIRONMENT',
};

const outcome = (problems: readonly IntakeProblem[], at: Date) =>
  problems.length === 0
    ? { state: 'received' as const, problems, at, endedAt: null }
    : { state: 'rejected' as const, problems, at, endedAt: at };
