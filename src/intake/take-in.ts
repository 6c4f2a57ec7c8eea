import type { Clock } from '../exchange/clock.ts';
import type { FlowFor, Intake, IntakeFlow, IntakeProblem } from '../exchange/intake.ts';
import { checkRecords } from './check-records.ts';
import { keptData, keptVoucher, voucherNameOf } from './names.ts';
import { type SettleNeeds, settle } from './settle.ts';
import type { Run, Then } from './step.ts';
import { takeRecords } from './take-records.ts';

type Ids = Promise<readonly { readonly id: number }[]>;

type Needs = SettleNeeds &
  Parameters<typeof takeRecords>[4] & {
    readonly clock: Clock;
    readonly flowFor: FlowFor;
    readonly intake: (id: number) => Promise<Intake | null>;
    readonly lastTaken: (file: Intake) => Promise<Intake | null>;
    readonly heldAs: (flow: Pick<Intake, 'partyId' | 'service' | 'version' | 'sequence'>) => Ids;
    readonly markHeld: (id: number, problems: readonly IntakeProblem[]) => Promise<boolean>;
    readonly markValidated: (id: number) => Promise<boolean>;
    readonly markRejected: (id: number, problems: readonly IntakeProblem[], at: Date) => Promise<boolean>;
    /** false: another file has its number. */
    readonly markTaking: (id: number) => Promise<boolean>;
    readonly markTaken: (id: number, at: Date) => Promise<boolean>;
    readonly laidDown: {
      readonly lies: (partyId: number, name: string) => Promise<boolean>;
      readonly isKept: (partyId: number, as: string) => Promise<boolean>;
      readonly bytesOf: (partyId: number, as: string) => AsyncIterable<Uint8Array>;
    };
    /** What of size, digest and number of records differs from what the voucher says; [] when nothing does. */
    readonly differences: (file: Intake, as: string, flow: IntakeFlow) => Promise<readonly string[]>;
  };

/**
 * Of a file that was laid down: looks whether it is its turn, holds all of it against its voucher and its schema, and
 * then takes its records; in each state it goes on where it was left.
 */
export const takeIn =
  (needs: Needs): Run =>
  async (id, signal, then) => {
    const file = await needs.intake(Number(id));
    if (file === null) return;
    if (file.state === 'received' || file.state === 'held') await look(needs, file, signal, then);
    const looked = await needs.intake(file.id);
    if (looked?.state === 'validated') await count(needs, looked);
    const counts = await needs.intake(file.id);
    if (counts?.state === 'taking') await take(needs, counts, signal, then);
    const ended = await needs.intake(file.id);
    if (ended === null) return;
    await settle(needs, ended);
    if (ended.state === 'taken' || ended.state === 'rejected') await wake(needs, ended, then);
  };

const problem = (code: IntakeProblem['code'], detail: string): IntakeProblem => ({
  ...{ code, record: null, reference: null, detail },
});

/** Whether it is this file's turn, and whether all of it may be taken. */
async function look(needs: Needs, file: Intake, signal: AbortSignal, then: Then): Promise<void> {
  const { flowFor, clock, laidDown, differences } = needs;
  const reject = (...problems: readonly IntakeProblem[]) =>
    needs.markRejected(file.id, problems, clock.now());
  // In the order in which it goes from one place to the other, or it would be in neither while it is being put away.
  const lies = await laidDown.lies(file.partyId, voucherNameOf(file.fileName));
  if (!(await laidDown.isKept(file.partyId, keptVoucher(file.voucherId)))) {
    // It is being put away, or that was broken off.
    if (lies) return then('receive', String(file.partyId));
    await reject(problem('FILE_MISSING', 'the voucher was taken away before its file was looked at'));
    return;
  }
  const flow = flowFor(file.service, file.version);
  if (flow === null) {
    await reject(problem('VOUCHER_CONTENT', `there is no flow ${file.service} ${file.version} any more`));
    return;
  }
  const denial = flow.denial(file, clock.now());
  if (denial) {
    await reject(denial);
    return;
  }
  const last = await needs.lastTaken(file);
  const next = (last?.sequence ?? 0) + 1;
  if (file.sequence < next) {
    await reject(used(file, next));
    return;
  }
  if (file.sequence > next || last?.state === 'taking') {
    await needs.markHeld(file.id, [
      problem('SEQUENCE_AHEAD', `number ${file.sequence} waits for number ${file.sequence - 1}`),
    ]);
    return;
  }
  const data = keptData(file.voucherId);
  if (!(await laidDown.isKept(file.partyId, data))) {
    await reject(problem('FILE_MISSING', `${file.fileName} was not there when its voucher came`));
    return;
  }
  const differing = await differences(file, data, flow);
  const problems =
    differing.length > 0
      ? differing.map((each) => problem('FILE_DIFFERS', each))
      : await checkRecords(file, flow, laidDown.bytesOf(file.partyId, data), signal);
  if (problems.length > 0) await reject(...problems);
  else await needs.markValidated(file.id);
}

const used = ({ sequence }: Intake, next: number) =>
  problem('SEQUENCE_USED', `number ${sequence} was used before; the next one is ${next}`);

/** From here on it counts, unless another file with its number came first. */
async function count(needs: Needs, file: Intake): Promise<void> {
  if (await needs.markTaking(file.id)) return;
  const last = await needs.lastTaken(file);
  if (last && last.sequence >= file.sequence && last.id !== file.id)
    await needs.markRejected(file.id, [used(file, last.sequence + 1)], needs.clock.now());
}

async function take(needs: Needs, file: Intake, signal: AbortSignal, then: Then): Promise<void> {
  const flow = needs.flowFor(file.service, file.version);
  if (flow === null) throw new Error(`there is no flow ${file.service} ${file.version} any more`);
  const bytes = needs.laidDown.bytesOf(file.partyId, keptData(file.voucherId));
  await takeRecords(file, flow, bytes, signal, needs);
  await flow.taken(file, then);
  await needs.markTaken(file.id, needs.clock.now());
}

/** Files that waited for this one to be done with. */
async function wake({ heldAs }: Needs, file: Intake, then: Then): Promise<void> {
  const nextOne = file.state === 'taken' ? await heldAs({ ...file, sequence: file.sequence + 1 }) : [];
  for (const { id } of [...(await heldAs(file)), ...nextOne]) await then('take-in', String(id));
}
