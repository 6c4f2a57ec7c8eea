import type { Intake, IntakeFlow, IntakeProblem } from '../exchange/intake.ts';
import { openRecords, recordDocuments } from '../xml/record-documents.ts';

type Needs = {
  readonly addProblems: (id: number, problems: readonly IntakeProblem[]) => Promise<void>;
};

/**
 * Takes the records of a file that counts, from the first that was not taken yet. Each handful is taken in one
 * transaction with the row's own count, so that after a crash, or with another process at it, none is taken twice.
 */
export async function takeRecords(
  file: Intake,
  flow: IntakeFlow,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  { addProblems }: Needs,
): Promise<void> {
  for await (const document of recordDocuments(bytes, flow.record)) {
    signal.throwIfAborted();
    const done = Math.max(0, file.takenRecords - document.from);
    if (done >= document.records.length) continue;
    const { root, records, dispose } = openRecords(document, flow.record);
    try {
      const some = { root, records: records.slice(done), from: document.from + done };
      const left = await flow.take(file, some);
      if (left.length > 0) await addProblems(file.id, left);
    } finally {
      dispose();
    }
  }
}
