import { dialectOf } from '../dialect/dialect.ts';
import type { Registered } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Ask, Reachable, Source } from '../exchange/source.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { answerLimits, checkLimits } from '../xml/limits.ts';
import { parseTree } from '../xml/tree.ts';
import { fragment, type Markup } from '../xml/write.ts';
import type { Connect } from './connect.ts';

type Needs = {
  readonly connect: Connect;
  /** A SOAP 1.1 envelope around a Body's child, signed or not as the source wants it. */
  readonly envelop: (payload: Markup, signature: Source['signature']) => Promise<Uint8Array>;
  /** Under which name (Afzender/Identificatie) the bus speaks. */
  readonly speaker: string;
};

/** Asks a source that speaks the service's own contract: the same question, in the bus's name. */
export function askSoap({ connect, envelop, speaker }: Needs): Ask {
  return async function askSoap(source, _option, message, signal) {
    const envelope = await envelop(rewrite(message, speaker), source.signature);
    const answer = await post(connect, source, envelope, message, signal);
    const bytes = toUtf8(answer, null);
    checkLimits(bytes, answerLimits);
    const tree = parseTree(bytes);
    message.ending.push(tree);
    const payload = readPayload(readEnvelope(tree.root));
    if (payload.name === 'Fault') throw new Refusal('99994', `${source.name} answered with a SOAP fault`);
    return payload;
  };
}

/** The sender's own reference stays with the bus: a source learns what it must know to answer, and no more. */
function rewrite(message: Registered, speaker: string): Markup {
  const { service, operation, question, sender, id } = message;
  const dialect = dialectOf(service.rules);
  return dialect.writeQuestion({
    request: { ...operation.request, prefix: 'ns' },
    name: service.rules.name,
    version: service.rules.version,
    at: message.at,
    sender: { uri: speaker, hoedanigheid: null, reference: id, endUser: sender.endUser },
    reference: id,
    content: fragment(dialect.readQuestion(question).content.canonical()),
  });
}

/** What HTTP says is judged here (SOAP 1.1 §6.2: an answer is 200, a fault 500); what the envelope says is not. */
async function post(
  connect: Connect,
  source: Reachable,
  body: Uint8Array,
  message: Registered,
  signal: AbortSignal,
) {
  const soapAction = message.operation.soapActions[0] ?? '';
  const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${soapAction}"` };
  const call = { method: 'POST', url: new URL(source.url), headers, body } as const;
  const reply = await connect(source, call, signal);
  if (reply.status !== 200 && reply.status !== 500) throw refusalOf(source, reply.status);
  if (reply.body.length === 0)
    throw new Refusal('60006', `${source.name} answered ${reply.status} without a body`);
  return reply.body;
}

/** What an HTTP status other than an answer means, whatever the source speaks. */
export function refusalOf(source: Source, status: number): Refusal {
  const detail = `${source.name} answered HTTP ${status}`;
  if (status === 401 || status === 403) return new Refusal('60013', detail);
  return new Refusal(status === 429 || status === 503 ? '99996' : '99994', detail);
}
