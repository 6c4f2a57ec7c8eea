import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { dialectOf } from '../dialect/dialect.ts';
import type { Clock } from '../exchange/clock.ts';
import type { Element } from '../exchange/element.ts';
import type { Notice } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { ownDetail, writeFault } from '../xml/fault.ts';
import { soap } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { element, type Markup, write } from '../xml/write.ts';
import type { Answerer, Image, Remark, Said } from './answerer.ts';
import { bodyOf, type Listener, listen } from './listen.ts';

/** A service that a demo source speaks. */
export type Served = {
  readonly service: Service;
  readonly answer: Answerer;
  /** JSON image of an Inhoud as the content of an answer. */
  readonly contentOf: (image: Image) => Markup;
};

type Needs = {
  /** Which it is, by the element in the Body. */
  readonly served: () => readonly Served[];
  /** Under which name it speaks, and which Oorsprong its remarks have. */
  readonly speaker: string;
  readonly origin: string;
  readonly clock: Clock;
  /** Throws when the envelope was not signed by someone this source trusts. */
  readonly checkSignature: (envelope: ReturnType<typeof readEnvelope>) => void;
};

/** A demo source that speaks the services' own contracts in their dialects and wants to see the bus's signature. */
export function startSoapSource(port: number, needs: Needs): Promise<Listener> {
  return listen(port, async (request, response) => {
    const tree = parseTree(toUtf8(await bodyOf(request), null));
    try {
      const envelope = readEnvelope(tree.root);
      needs.checkSignature(envelope);
      const { served, content, reply } = questionIn(readPayload(envelope), needs);
      say(response, await served.answer(content), served, reply);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, 500, faultOf(error));
    } finally {
      tree.dispose();
    }
  });
}

type Reply = (content: Markup | null, remarks: readonly Remark[]) => Markup;
type Question = { readonly served: Served; readonly content: Element; readonly reply: Reply };

function questionIn(payload: Element, { served, speaker, origin, clock }: Needs): Question {
  for (const each of served()) {
    const { rules, contract } = each.service;
    const operation = contract.operations.find(
      ({ request }) => request.name === payload.name && request.namespace === payload.namespace,
    );
    const response = operation?.response;
    const model = response && contract.model(response);
    if (!response || !model) continue;
    const dialect = dialectOf(rules);
    const { content, reference } = dialect.readQuestion(payload);
    const asked = { question: payload, rules, model, hidden: [] };
    const reply: Reply = (written, remarks) =>
      dialect.writeReply(
        {
          response: { ...response, prefix: 'ns' },
          name: rules.name,
          version: rules.version,
          at: clock.now(),
          speaker,
          reference: randomUUID(),
          sender: dialect.readSender(payload),
          answer: { reference, content: written, notices: remarks.map((remark) => noticeOf(remark, origin)) },
          notices: [],
        },
        { ...asked, replied: clock.now() },
      );
    return { served: each, content, reply };
  }
  throw new Refusal('10001', `no operation for ${payload.name}`);
}

const noticeOf = (remark: Remark, origin: string): Notice => ({
  annotations: [],
  ...remark,
  origin,
  circumstance: null,
  references: [],
});

const faultOf = (refusal: Refusal) => writeFault('1.1', refusal, ownDetail(refusal, ''));

// Beyond the head of every answer, short of its end.
const CUT_AT = 900;

function say(response: ServerResponse, said: Said, { contentOf }: Served, reply: Reply): void {
  if (said.kind === 'refused') {
    send(response, 200, reply(null, [said.why]));
  } else if (said.kind === 'down') {
    response.statusCode = 503;
    response.end();
  } else if (said.kind === 'fault') {
    send(response, 500, faultOf(new Refusal('internal', '')));
  } else if (said.kind === 'truncated') {
    send(response, 200, reply(contentOf(said.image), []), CUT_AT);
  } else {
    send(response, 200, reply(contentOf(said.image), said.remarks));
  }
}

function send(
  response: ServerResponse,
  status: number,
  payload: Markup,
  cutAt = Number.POSITIVE_INFINITY,
): void {
  const name = soap('1.1');
  response.statusCode = status;
  response.setHeader('content-type', 'text/xml; charset=utf-8');
  response.end(write(element(name('Envelope'), [element(name('Body'), [payload])])).slice(0, cutAt));
}
