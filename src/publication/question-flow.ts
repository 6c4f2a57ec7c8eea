import { dialectOf } from '../dialect/dialect.ts';
import { below } from '../dialect/path.ts';
import type { Operation } from '../exchange/contract.ts';
import type { Element } from '../exchange/element.ts';
import type { NewBatch, NewQuestion } from '../exchange/inquiry.ts';
import type { Handful, Intake, IntakeFlow, IntakeProblem } from '../exchange/intake.ts';
import type { GrantFor } from '../exchange/party.ts';
import type { Service } from '../exchange/service.ts';
import { chunkId, chunksOf } from './question-chunks.ts';
import { seenReferences } from './seen-references.ts';

type Needs = {
  readonly grantFor: GrantFor;
  readonly takeQuestions: (
    stretch: { readonly id: number; readonly from: number; readonly upTo: number },
    batch: NewBatch,
    questions: readonly NewQuestion[],
  ) => Promise<void>;
  readonly markAsking: (key: Pick<NewBatch, 'owner' | 'ownerId'>) => Promise<boolean>;
};

const key = ({ id }: Pick<Intake, 'id'>) => ({ owner: 'intake', ownerId: id }) as const;

/**
 * Questions to a service that reads, laid down as a file: what one message asks, with as many Vragen as there are. Each
 * is asked by itself afterwards, held to all that a message's is; the file as a whole only must be sound and sent by
 * somebody who may ask anything at all.
 *
 * @returns null for a service whose questions do not go by file
 */
export function questionFlow(service: Service, needs: Needs): IntakeFlow | null {
  const { rules, contract } = service;
  const [operation] = contract.operations;
  if (rules.kind !== 'read' || rules.dialect !== 'magda' || !operation?.response) return null;
  const { name, version } = rules;
  return {
    ...{
      service: name,
      version,
      direction: 'REQUEST',
      messageType: operation.request.name,
      schemaLocation: null,
    },
    // A message's schema knows one question; of a file each is held against it.
    record: { name: 'Vraag', depth: 4, most: 1 },
    denial: ({ partyId, uri, hoedanigheid }, at) =>
      needs.grantFor({ partyId, uri, hoedanigheid, service: name, version, at }) === null
        ? problem('13001', null, `${uri} has no grant for ${name} ${version}`)
        : null,
    violations: contract.violations,
    referenceOf: (record) => record.child('Referte')?.text ?? null,
    examiner: (file) => examiner(service, operation, file),
    take: (file, some) => take(needs, operation, file, some),
    taken: async (file, then) => {
      await needs.markAsking(key(file));
      for (const first of chunksOf(file.records)) await then('ask', chunkId(key(file), first));
    },
  };
}

const problem = (
  code: IntakeProblem['code'],
  of: { readonly record: number; readonly reference: string } | null,
  detail: string,
): IntakeProblem => ({ code, record: of?.record ?? null, reference: of?.reference ?? null, detail });

/** What no schema says. */
function examiner(
  { rules }: Service,
  operation: Operation,
  file: Intake,
): ReturnType<IntakeFlow['examiner']> {
  const isSeen = seenReferences();
  return async ({ root, records, from }) => {
    const found = from === 0 ? headProblems(root, operation, file) : [];
    const contradiction =
      from === 0 && found.length === 0 ? dialectOf(rules).contradiction(root, rules) : null;
    if (contradiction) found.push(problem('FILE_DIFFERS', null, contradiction));
    for (const [index, record] of records.entries()) {
      const reference = record.child('Referte')?.text ?? '';
      if (isSeen(reference)) {
        const of = { record: from + index + 1, reference };
        found.push(problem('RECORD_REPEATED', of, 'another question of the file has this Referte'));
      }
    }
    return found;
  };
}

const AFZENDER = 'Verzoek/Context/Bericht/Afzender';

/** What a file says that it is, and who it says it is from: not another than its voucher. */
function headProblems(root: Element, { request }: Operation, { uri, hoedanigheid }: Intake): IntakeProblem[] {
  if (root.name !== request.name || root.namespace !== request.namespace)
    return [problem('FILE_DIFFERS', null, `it is a {${root.namespace}}${root.name}`)];
  const expected = [
    ['Identificatie', uri],
    ['Hoedanigheid', hoedanigheid],
  ] as const;
  return expected.flatMap(([path, value]): IntakeProblem[] => {
    const said = below(root, `${AFZENDER}/${path}`)?.text.trim() ?? null;
    if (said === value) return [];
    const what = `Context/Bericht/Afzender/${path} is ${said ?? 'left out'}, expected ${value ?? 'none'}`;
    return [problem('FILE_DIFFERS', null, what)];
  });
}

async function take(
  { takeQuestions }: Needs,
  { response }: Operation,
  file: Intake,
  { root, records, from }: Handful,
): Promise<readonly IntakeProblem[]> {
  const { id, partyId, uri, hoedanigheid, service, version, voucherId, legalBasis, fileName } = file;
  const said = (name: string) => below(root, `${AFZENDER}/${name}`)?.text.trim() ?? null;
  const batch: NewBatch = {
    ...{ ...key(file), partyId, service, version, voucherId, legalBasis, fileName },
    sender: { uri, hoedanigheid, reference: said('Referte') ?? '', endUser: said('Gebruiker') },
    // Who signed it stands in its voucher, which is kept.
    ...{ certificate: null, template: null, schema: response?.namespace ?? null },
  };
  const questions = records.map((record, index) => ({
    position: from + index + 1,
    content: Buffer.from(record.canonical()).toString('utf8'),
    subject: null,
  }));
  await takeQuestions({ id, from, upTo: from + records.length }, batch, questions);
  return [];
}
