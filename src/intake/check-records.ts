import type { Intake, IntakeFlow, IntakeProblem } from '../exchange/intake.ts';
import { Refusal } from '../exchange/refusal.ts';
import { openRecords, type RecordDocument, recordDocuments } from '../xml/record-documents.ts';

/** More would tell its sender no more about what it does wrong. */
const MOST_PROBLEMS = 20;

/**
 * Holds every record of a file against its schema and whatever else its flow demands, before any of it counts. Reads
 * the file once from beginning to end, some records in memory at a time.
 *
 * @returns what is wrong, up to a bound; [] when all of it may be taken
 */
export async function checkRecords(
  file: Intake,
  flow: IntakeFlow,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<readonly IntakeProblem[]> {
  const found: IntakeProblem[] = [];
  const examine = flow.examiner(file);
  try {
    for await (const document of recordDocuments(bytes, flow.record)) {
      signal.throwIfAborted();
      const problems = await problemsIn(document, flow, examine);
      // What stands around the records is in every handful.
      found.push(...problems.filter((each) => each.record !== null || !isKnown(each, found)));
      if (found.length >= MOST_PROBLEMS) break;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const record = Number(/^record (\d+)/.exec(error.message)?.[1] ?? Number.NaN);
    found.push({
      ...{ code: 'FILE_MALFORMED', record: Number.isNaN(record) ? null : record, reference: null },
      detail: error.message,
    });
  }
  return found.slice(0, MOST_PROBLEMS);
}

const isKnown = ({ detail }: IntakeProblem, found: readonly IntakeProblem[]) =>
  found.some((each) => each.record === null && each.detail === detail);

async function problemsIn(
  document: RecordDocument,
  flow: IntakeFlow,
  examine: ReturnType<IntakeFlow['examiner']>,
): Promise<readonly IntakeProblem[]> {
  const { from } = document;
  const { root, records, dispose } = openRecords(document, flow.record);
  try {
    const violations = flow.violations(root);
    if (violations.length === 0) return await examine({ root, records, from });
    const { name, depth } = flow.record;
    const place = new RegExp(`^(?:[^/]+/){${depth - 1}}${name}(?:\\[(\\d+)\\])?(?:/|$)`);
    return violations.map(({ path, message }): IntakeProblem => {
      const at = place.exec(path);
      if (at === null)
        return { code: 'RECORD_SCHEMA', record: null, reference: null, detail: `${path}: ${message}` };
      const index = Number(at[1] ?? 1) - 1;
      const record = records[index];
      return {
        ...{ code: 'RECORD_SCHEMA', record: from + index + 1 },
        reference: record ? flow.referenceOf(record) : null,
        detail: `${path.slice(at[0].length) || name}: ${message}`,
      };
    });
  } finally {
    dispose();
  }
}
