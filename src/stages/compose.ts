import { dialectOf } from '../dialect/dialect.ts';
import type { AnswerParts } from '../dialect/magda-reply.ts';
import type { Clock } from '../exchange/clock.ts';
import type { Composed, Filtered, Notice, Reply, Verified } from '../exchange/message.ts';
import type { Refusal } from '../exchange/refusal.ts';
import type { Stage } from '../exchange/stage.ts';
import { parseTree } from '../xml/tree.ts';
import { fragment, type Markup, writeBytes } from '../xml/write.ts';

/** Under which name (Afzender/Identificatie) the bus speaks. */
type Needs = { readonly speaker: string; readonly clock: Clock };

/** Writes the reply in the sender's own terms: its references, its capacity, and what is left of the answer. */
export function compose(needs: Needs): Stage<Filtered, Composed> {
  return function compose(message) {
    const { content, notices } = message.answer;
    const written = content && fragment(content.canonical());
    const answer = { reference: questionReference(message), content: written, notices };
    return { ...message, reply: asReply(message, replyTo(message, needs, answer, [], message.hidden)) };
  };
}

/**
 * The reply with which a refusal is told to a sender whose message is verified: in an Antwoord, as those of level 3
 * are, or of the question as a whole.
 */
export function composeRefusal(
  message: Verified,
  refusal: Refusal,
  needs: Needs,
  inAnswer = refusal.row.level === 3,
): Reply {
  const { notice } = refusal;
  const answer = inAnswer
    ? { reference: questionReference(message), content: null, notices: [notice] }
    : null;
  return asReply(message, replyTo(message, needs, answer, answer ? [] : [notice], []));
}

const questionReference = ({ service, question }: Verified) =>
  dialectOf(service.rules).readQuestion(question).reference;

function replyTo(
  message: Verified,
  { speaker, clock }: Needs,
  answer: AnswerParts | null,
  notices: readonly Notice[],
  hidden: readonly string[],
): Markup {
  const { service, operation, id, at } = message;
  const { name, version } = service.rules;
  const dialect = dialectOf(service.rules);
  const sender = dialect.readSender(message.question, message.signer.party);
  if (!operation.response) throw new Error(`${operation.name} has no answer in its contract`);
  const model = service.contract.model(operation.response);
  if (!model) throw new Error(`${operation.name} has no answer in its schema`);
  const response = { ...operation.response, prefix: 'ns' };
  const asked = { question: message.question, rules: service.rules, model, replied: clock.now(), hidden };
  return dialect.writeReply(
    { response, name, version, at, speaker, reference: id, sender, answer, notices },
    asked,
  );
}

/** Read back as a tree, so that what is validated is what was written, fragments included. */
function asReply(message: Verified, markup: Markup): Reply {
  const { bytes, canonical } = writeBytes(markup);
  const tree = parseTree(bytes);
  message.ending.push(tree);
  return { tree: tree.root, canonical: canonical ? bytes : tree.root.canonical() };
}
