import { below } from '../dialect/path.ts';
import { isDay } from '../exchange/days.ts';
import type { Element } from '../exchange/element.ts';
import type { Handful, Intake, IntakeFlow, IntakeProblem } from '../exchange/intake.ts';
import { type GrantFor, WRITES_ALL } from '../exchange/party.ts';
import { type MutationType, mutationTypes, type Publication } from '../exchange/publication.ts';
import { isStructured } from '../exchange/subject-number.ts';
import type { NewMutation } from '../exchange/subscription.ts';
import { reusedIn } from './register-mutations.ts';
import { seenReferences } from './seen-references.ts';

/** By what service a source tells what a file of it says. */
const RIGHT = { service: 'RegistreerMutatieNotificatie', version: '02.01' };

type Needs = {
  /** The name under which the bus receives. */
  readonly speaker: string;
  readonly grantFor: GrantFor;
  readonly reusedReferences: (batch: readonly NewMutation[], author: number) => Promise<readonly string[]>;
  readonly takeMutations: (
    stretch: { readonly id: number; readonly from: number; readonly upTo: number },
    batch: readonly NewMutation[],
    author: number,
  ) => Promise<unknown>;
};

/**
 * Changes that a source lays down as a file, in the form of the publication's own files. They are taken as those of a
 * message are, by the same right.
 */
export function mutationFlow(publication: Publication, needs: Needs): IntakeFlow {
  const { name, version, root, schema, violations } = publication;
  return {
    ...{ service: name, version, direction: 'NOTIFICATION', messageType: root.name, schemaLocation: schema },
    record: { name: 'Onderwerp', depth: 4, most: Number.POSITIVE_INFINITY },
    denial: (sender, at) => denial(needs, sender, at),
    violations,
    referenceOf: (record) =>
      below(record, 'Inhoud/Metadata/Referte')?.text ?? record.child('Referte')?.text ?? null,
    examiner: (file) => examiner(publication, needs, file),
    take: (file, some) => take(publication, needs, file, some),
    // Who is to hear of them has its deliveries already.
    taken: async () => {},
  };
}

function denial(
  { grantFor }: Needs,
  sender: Parameters<IntakeFlow['denial']>[0],
  at: Date,
): IntakeProblem | null {
  const { partyId, uri, hoedanigheid } = sender;
  const grant = grantFor({ partyId, uri, hoedanigheid, ...RIGHT, at });
  const why = (code: IntakeProblem['code'], detail: string) => ({
    code,
    record: null,
    reference: null,
    detail,
  });
  if (grant === null) return why('13001', `${uri} has no grant for ${RIGHT.service} ${RIGHT.version}`);
  if (!grant.writable.includes(WRITES_ALL))
    return why('40006', `the grant for ${RIGHT.service} does not let everything be written`);
  // Held to a population, each person would have to be looked up in it: that is done for messages.
  if (grant.population !== null)
    return why('40005', 'the grant is for a part of the population only: what it allows is told by message');
  return null;
}

function mutationIn(record: Element, { name, version, payload, subject }: Publication): NewMutation {
  const content = record.child('Inhoud');
  const element = content?.child(payload.name, payload.namespace) ?? null;
  const said = content?.child('Metadata') ?? null;
  const type = said?.child('Type')?.text;
  return {
    ...{ publication: name, version, reference: said?.child('Referte')?.text ?? '' },
    subject: { kind: subject.kind, number: (element && below(element, subject.path)?.text.trim()) ?? '' },
    occurredOn: said?.child('Datum')?.text ?? '',
    type: mutationTypes.find((each): each is MutationType => each === type) ?? '00',
    content: element ? Buffer.from(element.canonical()).toString('utf8') : '',
  };
}

type Wrong = Pick<IntakeProblem, 'code' | 'detail'>;

const REPEATED: Wrong = { code: 'RECORD_REPEATED', detail: 'another record of the file has this Referte' };
const REUSED: Wrong = { code: '40144', detail: 'this Referte was another change before' };

function objectionsTo({ reference, subject, occurredOn, content }: NewMutation): readonly Wrong[] {
  if (reference === '' || content === '')
    return [{ code: '20008', detail: 'Inhoud or its Metadata are left out' }];
  const number = subject.kind === 'person' ? '20002' : '20007';
  return [
    ...(isDay(occurredOn) ? [] : [{ code: '20001' as const, detail: `Datum ${occurredOn} is not a day` }]),
    ...(isStructured(subject)
      ? []
      : [{ code: number, detail: 'the check digits do not fit the number' } as const]),
  ];
}

/** What no schema says. */
function examiner(
  publication: Publication,
  { speaker, reusedReferences }: Needs,
  file: Intake,
): ReturnType<IntakeFlow['examiner']> {
  const isSeen = seenReferences();
  return async ({ root, records, from }) => {
    const mutations = records.map((record) => mutationIn(record, publication));
    const found = from === 0 ? headProblems(root, file, speaker) : [];
    const reused = new Set(await reusedReferences(mutations, file.partyId));
    for (const [index, mutation] of mutations.entries()) {
      const { reference } = mutation;
      const wrong = [
        ...objectionsTo(mutation),
        ...(reference !== '' && isSeen(reference) ? [REPEATED] : []),
        ...(reused.has(reference) ? [REUSED] : []),
      ];
      const of = { record: from + index + 1, reference: reference || null };
      found.push(...wrong.map((each) => ({ ...each, ...of })));
    }
    return found;
  };
}

/** Who a file says that it is from, and for: not another than its voucher. */
function headProblems(
  root: Element,
  { uri, hoedanigheid, service }: Intake,
  speaker: string,
): IntakeProblem[] {
  const said = (path: string) => below(root, `Publicatie/Context/${path}`)?.text.trim() ?? null;
  const expected: readonly (readonly [path: string, value: string | null])[] = [
    ['Naam', service],
    ['Bericht/Type', 'PUBLICATIE'],
    ['Bericht/Afzender/Identificatie', uri],
    ['Bericht/Afzender/Hoedanigheid', hoedanigheid],
    ['Bericht/Ontvanger/Identificatie', speaker],
  ];
  return expected.flatMap(([path, value]): IntakeProblem[] => {
    const found = said(path);
    if (found === value) return [];
    const detail = `Context/${path} is ${found ?? 'left out'}, expected ${value ?? 'none'}`;
    return [{ code: 'FILE_DIFFERS', record: null, reference: null, detail }];
  });
}

async function take(
  publication: Publication,
  { takeMutations }: Needs,
  file: Intake,
  { records, from }: Handful,
): Promise<readonly IntakeProblem[]> {
  const stretch = { id: file.id, from, upTo: from + records.length };
  const told = records.map((record) => mutationIn(record, publication));
  try {
    await takeMutations(stretch, told, file.partyId);
    return [];
  } catch (error) {
    // Since the file was looked at, a message used a reference for something else: that one came first.
    const reused = reusedIn(error);
    if (!reused) throw error;
    await takeMutations(
      stretch,
      told.filter(({ reference }) => !reused.includes(reference)),
      file.partyId,
    );
    return told.flatMap(({ reference }, index): IntakeProblem[] =>
      reused.includes(reference)
        ? [
            {
              code: '40144',
              record: from + index + 1,
              reference,
              detail: 'left out: used by a message meanwhile',
            },
          ]
        : [],
    );
  }
}
