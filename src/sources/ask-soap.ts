import { dialectOf } from '../dialect/dialect.ts';
import type { Operation } from '../exchange/contract.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Ask, Enquiry, Reachable, Source } from '../exchange/source.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { answerLimits, checkLimits } from '../xml/limits.ts';
import type { SoapVersion } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import type { Markup } from '../xml/write.ts';
import type { Call, Connect } from './connect.ts';

type Needs = {
  readonly connect: Connect;
  /** An envelope around a Body's child, signed or not as the source wants it. */
  readonly envelop: (
    payload: Markup,
    signature: Source['signature'],
    soap: SoapVersion,
  ) => Promise<Uint8Array>;
  /** Under which name (Afzender/Identificatie) the bus speaks. */
  readonly speaker: string;
  /** By which number, in contracts where organisations go by one; null when it has none. */
  readonly organisation: string | null;
};

/** Asks a source that speaks the service's own contract: the same question, in the bus's name. */
export function askSoap({ connect, envelop, speaker, organisation }: Needs): Ask {
  return async function askSoap(source, _option, message, signal) {
    const soap = versionOf(message.operation);
    const body = await envelop(rewrite(message, { speaker, organisation }), source.signature, soap);
    const answer = await post(
      connect,
      source,
      { body, headers: headersFor(message.operation, soap) },
      signal,
    );
    const bytes = toUtf8(answer, null);
    checkLimits(bytes, answerLimits);
    const tree = parseTree(bytes);
    message.ending.push(tree);
    const payload = readPayload(readEnvelope(tree.root));
    if (payload.name === 'Fault' && payload.namespace === tree.root.namespace)
      throw new Refusal('99994', `${source.name} answered with a SOAP fault`);
    return payload;
  };
}

/** The sender's own reference stays with the bus: a source learns what it must know to answer, and no more. */
function rewrite(
  message: Enquiry,
  { speaker, organisation }: Pick<Needs, 'speaker' | 'organisation'>,
): Markup {
  const { service, operation, content, sender, id } = message;
  const dialect = dialectOf(service.rules);
  // The law under which is asked stays the sender's; where contracts have a place for it, it is its capacity.
  const names = { uri: speaker, hoedanigheid: null, organisation, legalContext: sender.hoedanigheid };
  return dialect.writeQuestion({
    request: { ...operation.request, prefix: 'ns' },
    name: service.rules.name,
    version: service.rules.version,
    at: message.at,
    sender: { ...dialect.speakAs(names), reference: id, endUser: sender.endUser },
    reference: id,
    content: dialect.carried(content),
  });
}

/** SOAP 1.1 unless the contract has no binding for it. */
const versionOf = ({ soap }: Operation): SoapVersion =>
  soap.includes('1.2') && !soap.includes('1.1') ? '1.2' : '1.1';

/** SOAP 1.1 says what is asked in a header of its own (§6.1.1), SOAP 1.2 beside its media type (part 2 §7.1.4). */
function headersFor({ soapActions }: Operation, soap: SoapVersion): Call['headers'] {
  const [action = ''] = soapActions;
  if (soap === '1.1') return { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${action}"` };
  const parameter = action === '' ? '' : `; action="${action}"`;
  return { 'content-type': `application/soap+xml; charset=utf-8${parameter}` };
}

/** What HTTP says is judged here (SOAP 1.1 §6.2: an answer is 200, a fault 500); what the envelope says is not. */
async function post(
  connect: Connect,
  source: Reachable,
  message: Pick<Call, 'body' | 'headers'>,
  signal: AbortSignal,
) {
  const call = { ...message, method: 'POST', url: addressOf(source) } as const;
  const reply = await connect(source, call, signal);
  if (reply.status !== 200 && reply.status !== 500) throw refusalOf(source, reply.status);
  if (reply.body.length === 0)
    throw new Refusal('60006', `${source.name} answered ${reply.status} without a body`);
  return reply.body;
}

const addresses = new Map<string, URL>();

/** Taken apart once, as operators wrote it. */
function addressOf({ url }: Reachable): URL {
  let address = addresses.get(url);
  if (!address) {
    address = new URL(url);
    addresses.set(url, address);
  }
  return address;
}

/** What an HTTP status other than an answer means, whatever the source speaks. */
export function refusalOf(source: Source, status: number): Refusal {
  const detail = `${source.name} answered HTTP ${status}`;
  if (status === 401 || status === 403) return new Refusal('60013', detail);
  return new Refusal(status === 429 || status === 503 ? '99996' : '99994', detail);
}
