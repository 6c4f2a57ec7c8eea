import { at } from '../dialect/magda-names.ts';
import { localMoment } from '../dialect/magda-time.ts';
import type { Batch, BatchKey, KeptAnswer } from '../exchange/inquiry.ts';
import type { ClosedFile, Publication, PublishedRecord } from '../exchange/publication.ts';
import { parseTree } from '../xml/tree.ts';
import { element, writeBytes } from '../xml/write.ts';
import { publicationNamed } from './named.ts';

type Needs = {
  readonly publications: readonly Publication[];
  readonly batch: (key: BatchKey) => Promise<Batch | null>;
  readonly answersOf: (key: BatchKey) => AsyncIterable<KeptAnswer>;
};

/**
 * What a snapshot holds: the answers in the order of the numbers they are about, each by itself a record.
 *
 * @throws Error when there are fewer than were asked for: a snapshot is never of some of them
 */
export const snapshotRecords = ({ publications, batch, answersOf }: Needs) =>
  async function* snapshotRecords(file: ClosedFile): AsyncGenerator<PublishedRecord> {
    const publication = publicationNamed(publications, file);
    const key = { owner: 'file', ownerId: file.id } as const;
    const asked = (await batch(key))?.questions ?? null;
    let last = 0;
    for await (const answer of answersOf(key)) {
      if (answer.position !== last + 1) break;
      last = answer.position;
      yield answerRecord(publication, file, answer);
    }
    if (last !== asked)
      throw new Error(`there are ${last} answers to the ${asked ?? 'forgotten'} questions of this file`);
  };

/** Of a question that was refused there is the number it was about, and why. */
function answerRecord(
  publication: Publication,
  file: ClosedFile,
  { position, subject, answer, exchangeId, answeredAt }: KeptAnswer,
): PublishedRecord {
  const tree = parseTree(Buffer.from(answer, 'utf8'));
  try {
    const given = publication.asks && at(tree.root, publication.asks.take);
    const remarks = tree.root.child('Uitzonderingen');
    return {
      ...{ id: `${file.id}-${position}`, reference: exchangeId, type: null },
      occurredOn: localMoment(answeredAt).date,
      content: Buffer.from(given?.canonical() ?? nobody(publication, subject?.number ?? '')).toString('utf8'),
      remarks: remarks && Buffer.from(remarks.canonical()).toString('utf8'),
    };
  } finally {
    tree.dispose();
  }
}

function nobody({ payload, subject }: Publication, number: string): Uint8Array {
  const model = payload.children.find(({ name }) => name === subject.path);
  const prefix = (namespace: string) => (namespace === '' ? '' : 'p');
  const named = ({ name, namespace }: { name: string; namespace: string }) => ({
    ...{ name, namespace, prefix: prefix(namespace) },
  });
  const about = element(named({ name: subject.path, namespace: model?.namespace ?? '' }), number);
  return writeBytes(element(named(payload), [about])).bytes;
}
