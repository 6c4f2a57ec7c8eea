import { dialectOf } from '../dialect/dialect.ts';
import type { Element } from '../exchange/element.ts';
import type { Batch, QuestionAnswer } from '../exchange/inquiry.ts';
import type { Service } from '../exchange/service.ts';
import { plain } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { element, writeBytes } from '../xml/write.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export type ReplyPieces = {
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** How many answers were written so far. */
  readonly records: () => number;
};

/**
 * The file that answers a file of questions, piece by piece: one reply with an Antwoord for each question, in their
 * order. Each is held against the service's contract as the reply's only one would be. The batch and its answers decide
 * every byte.
 *
 * @throws Error with the position of an answer that does not fit the schema, or where one is lacking
 */
export function replyPieces(
  service: Service,
  batch: Batch,
  speaker: string,
  answers: AsyncIterable<QuestionAnswer>,
): ReplyPieces {
  const { head, tail } = around(service, batch, speaker);
  let count = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${DECLARATION}${head}\n`, 'utf8');
    for await (const { answer, position } of answers) {
      if (position !== count + 1) throw new Error(`answer ${count + 1} is lacking`);
      assertValid(service, `${head}${answer}${tail}`, position);
      count = position;
      yield Buffer.from(`${answer}\n`, 'utf8');
    }
    if (count !== batch.questions) throw new Error(`${count} answers to ${batch.questions} questions`);
    yield Buffer.from(`${tail}\n`, 'utf8');
  }
  return { bytes: bytes(), records: () => count };
}

/** What stands before the first Antwoord and after the last. */
function around({ rules, contract }: Service, { sender, answeredAt, reply }: Batch, speaker: string) {
  const response = contract.operations[0]?.response;
  const model = response && contract.model(response);
  if (!response || !model || !reply || !answeredAt)
    throw new Error(`there is nothing to be answered by ${rules.name}`);
  const markup = dialectOf(rules).writeReply({
    ...{ response: { ...response, prefix: 'ns' }, name: rules.name, version: rules.version, speaker, sender },
    ...{ at: answeredAt, reference: reply.voucherId, notices: [] },
    answer: { reference: MARK, content: null, notices: [] },
  });
  const mark = writeBytes(element(plain('Antwoord'), [element(plain('Referte'), MARK)])).bytes.toString(
    'utf8',
  );
  const text = writeBytes(markup).bytes.toString('utf8');
  const at = text.lastIndexOf(mark);
  if (at < 0) throw new Error('a reply was written without Antwoord');
  return { head: text.slice(0, at), tail: text.slice(at + mark.length) };
}

/** In the place of the answers; what stands before and after them is where it is. */
const MARK = '-';

function assertValid({ contract }: Service, document: string, position: number): void {
  const tree = parseTree(Buffer.from(document, 'utf8'));
  try {
    const count = antwoorden(tree.root);
    if (count !== 1) throw new Error(`answer ${position} came to ${count}`);
    const [first] = contract.violations(tree.root);
    if (first) throw new Error(`answer ${position} does not fit the schema: ${first.path}: ${first.message}`);
  } finally {
    tree.dispose();
  }
}

const antwoorden = (root: Element): number =>
  root.child('Repliek')?.child('Antwoorden')?.children.length ?? 0;
