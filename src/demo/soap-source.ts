import type { ServerResponse } from 'node:http';
import { dialectOf } from '../dialect/dialect.ts';
import { below } from '../dialect/path.ts';
import type { Clock } from '../exchange/clock.ts';
import type { Element } from '../exchange/element.ts';
import type { Notice } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { writeFault } from '../xml/fault.ts';
import { soap } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { element, type Markup, write } from '../xml/write.ts';
import { bodyOf, type Listener, listen } from './listen.ts';
import { demoRegister, type Finding } from './register.ts';

type Needs = {
  readonly service: Service;
  readonly clock: Clock;
  /** Throws when the envelope was not signed by someone this source trusts. */
  readonly checkSignature: (envelope: ReturnType<typeof readEnvelope>) => void;
  /** A person's JSON image as the content of an answer. */
  readonly contentOf: (image: Record<string, unknown>) => Markup;
};

/** A demo source that speaks the service's own SOAP contract and wants to see the bus's signature. */
export function startSoapSource(port: number, needs: Needs): Promise<Listener> {
  const find = demoRegister();
  return listen(port, async (request, response) => {
    const tree = parseTree(toUtf8(await bodyOf(request), null));
    try {
      const envelope = readEnvelope(tree.root);
      needs.checkSignature(envelope);
      const question = questionIn(readPayload(envelope), needs);
      answer(response, needs, question, await find(question.insz));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, 500, writeFault('1.1', error, ''));
    } finally {
      tree.dispose();
    }
  });
}

type Question = {
  readonly insz: string;
  readonly reply: (content: Markup | null, notices: readonly Notice[]) => Markup;
};

/** Read at once: the tree is gone by the time a slow source answers. */
function questionIn(payload: Element, { service, clock }: Needs): Question {
  const { rules, contract } = service;
  const dialect = dialectOf(rules);
  const { content, reference } = dialect.readQuestion(payload);
  const sender = dialect.readSender(payload);
  const operation = contract.operations.find(({ request }) => request.name === payload.name);
  const response = operation?.response;
  if (!response) throw new Refusal('10001', `no operation for ${payload.name}`);
  return {
    insz: (rules.subject && below(content, rules.subject.path)?.text.trim()) ?? '',
    reply: (written, notices) =>
      dialect.writeReply({
        response: { ...response, prefix: 'rr' },
        name: rules.name,
        version: rules.version,
        at: clock.now(),
        speaker: 'rijksregister.example',
        reference: `rr-${reference}`.slice(0, 36),
        sender,
        answer: { reference, content: written, notices },
        notices: [],
      }),
  };
}

function answer(response: ServerResponse, { contentOf }: Needs, { reply }: Question, finding: Finding): void {
  if (finding.kind === 'unknown') {
    send(response, 200, reply(null, [notice('30001', 'FOUT', 'Geen gegevens gevonden.')]));
  } else if (finding.kind === 'down') {
    response.statusCode = 503;
    response.end();
  } else if (finding.kind === 'fault') {
    send(response, 500, writeFault('1.1', new Refusal('internal', ''), ''));
  } else if (finding.kind === 'truncated') {
    send(response, 200, reply(contentOf(finding.image), []), 900);
  } else {
    const replaced = notice('30004', 'WAARSCHUWING', 'De persoon heeft een nieuw INSZ.');
    send(response, 200, reply(contentOf(finding.image), finding.replaces ? [replaced] : []));
  }
}

const notice = (number: string, type: Notice['type'], text: string): Notice => ({
  number,
  origin: 'RR',
  type,
  text,
  circumstance: null,
  annotations: [],
  references: [],
});

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
