import { below } from '../dialect/path.ts';
import { isDay } from '../exchange/days.ts';
import type { Element } from '../exchange/element.ts';
import type { Subject } from '../exchange/party.ts';
import { type MutationType, mutationTypes, type Publication } from '../exchange/publication.ts';
import { isStructured } from '../exchange/subject-number.ts';
import type { NewMutation } from '../exchange/subscription.ts';
import { parseTree } from '../xml/tree.ts';
import { writeBytes } from '../xml/write.ts';
import { fileMarkup, recordMarkup } from './file-markup.ts';
import { fout, type Objection } from './service-answer.ts';

/** More would tell a sender no more about what it does wrong. */
const MOST_OBJECTIONS = 20;

/** What a source tells, as far as it can be read, and everything that is wrong with it. */
export type Notifications = {
  readonly mutations: readonly NewMutation[];
  readonly subjects: readonly Subject[];
  readonly objections: readonly Objection[];
};

/** Reads the notifications of a message that its schema has passed; their contents no schema has seen yet. */
export function readNotifications(told: Element, publication: Publication, speaker: string): Notifications {
  const mutations = told.children.map((each) => mutationIn(each, publication));
  const known = new Map(mutations.map(({ subject }) => [subject.number, subject]));
  const subjects = [...known.values()].filter(isStructured);
  const wrong = contentObjections(mutations, publication, speaker);
  // Where a content breaks its schema, what was read out of it is worth nothing.
  const objections = wrong.length > 0 ? wrong : mutations.flatMap(objectionsTo);
  return { mutations, subjects, objections: objections.slice(0, MOST_OBJECTIONS) };
}

function mutationIn(told: Element, { name, version, subject }: Publication): NewMutation {
  const [payload] = told.child('Inhoud')?.children ?? [];
  const type = told.child('Type')?.text;
  return {
    ...{ publication: name, version, reference: told.child('Referte')?.text ?? '' },
    subject: { kind: subject.kind, number: (payload && below(payload, subject.path)?.text.trim()) ?? '' },
    occurredOn: told.child('Datum')?.text ?? '',
    type: mutationTypes.find((each): each is MutationType => each === type) ?? '00',
    content: payload ? Buffer.from(payload.canonical()).toString('utf8') : '',
  };
}

const placeOf = (index: number, { reference }: NewMutation) => `Notificatie[${index + 1}] (${reference})`;

function objectionsTo(mutation: NewMutation, index: number): readonly Objection[] {
  const { subject, occurredOn } = mutation;
  const found: Objection[] = [];
  if (!isDay(occurredOn))
    found.push(fout('20001', `${placeOf(index, mutation)}: Datum ${occurredOn} is not a day`));
  if (!isStructured(subject))
    found.push(
      fout(
        subject.kind === 'person' ? '20002' : '20007',
        `${placeOf(index, mutation)}: the check digits do not fit the number`,
      ),
    );
  return found;
}

/** The contents, held against the schema of the files in which they will stand, as one such file. */
function contentObjections(
  mutations: readonly NewMutation[],
  publication: Publication,
  speaker: string,
): readonly Objection[] {
  const strange = mutations.flatMap((mutation, index) =>
    mutation.content === '' ? [fout('20008', `${placeOf(index, mutation)}: Inhoud is empty`)] : [],
  );
  if (strange.length > 0) return strange;
  const records = mutations.map((each, index) =>
    recordMarkup({ ...each, ...harmless, id: String(index + 1) }),
  );
  const tree = parseTree(writeBytes(fileMarkup(publication, anyFile(publication), speaker, records)).bytes);
  try {
    return publication.violations(tree.root).map(({ path, message }) => {
      const index = Number(/\/Onderwerp\[(\d+)\]/.exec(path)?.[1] ?? 1) - 1;
      const mutation = mutations[index];
      const where = mutation ? placeOf(index, mutation) : 'Notificaties';
      return fout('20008', `${where}: ${path.replace(/^.*\/Onderwerp(\[\d+\])?\//, '')}: ${message}`);
    });
  } finally {
    tree.dispose();
  }
}

/** What is looked at elsewhere must not make the file invalid. */
const harmless = { reference: 'x', occurredOn: '2000-01-01', remarks: null };

/** The head of a file that will never be written. */
function anyFile({ name, version }: Publication) {
  const at = new Date(0);
  return {
    ...{ id: 0, partyId: 0, publication: name, version, sequence: 1, name: '', format: 'xml' as const },
    ...{ voucherId: '00000000-0000-4000-8000-000000000000', uri: 'x.example', hoedanigheid: null },
    ...{ visible: [], grantId: 0, legalBasis: '', cutOff: at, closedAt: at, kind: 'mutations' as const },
  };
}
