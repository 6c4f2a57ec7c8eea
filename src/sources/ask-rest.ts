import { type Dialect, dialectOf } from '../dialect/dialect.ts';
import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import type { Registered } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Ask } from '../exchange/source.ts';
import { parseTree } from '../xml/tree.ts';
import { type Markup, write } from '../xml/write.ts';
import { refusalOf } from './ask-soap.ts';
import type { Connect } from './connect.ts';
import { fromJson } from './json-markup.ts';

type Needs = { readonly connect: Connect };

/** Asks a source for a JSON resource and writes it as the contract's own answer: 404 is "no data" (30001). */
export function askRest({ connect }: Needs): Ask {
  return async function askRest(source, option, message, signal) {
    const dialect = dialectOf(message.service.rules);
    const { content } = dialect.readQuestion(message.question);
    const url = new URL(`${source.url.replace(/\/$/, '')}${resource(option.resource ?? '', content)}`);
    const call = { method: 'GET', url, headers: { accept: 'application/json' }, body: null } as const;
    const { status, body } = await connect(source, call, signal);
    if (status !== 200 && status !== 404) throw refusalOf(source, status);
    const image = status === 404 ? null : parseJson(source.name, body);
    const tree = parseTree(Buffer.from(write(inContract(dialect, message, option.origin, image))));
    message.ending.push(tree);
    return tree.root;
  };
}

/** `{Criteria/INSZ}` in a template becomes that value of the question, escaped for a path. */
function resource(template: string, content: Element): string {
  return template.replace(/\{([^}]+)\}/g, (_, path: string) =>
    encodeURIComponent(below(content, path)?.text.trim() ?? ''),
  );
}

function parseJson(source: string, body: Buffer): unknown {
  if (body.length === 0) throw new Refusal('60006', `${source} answered without a body`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Refusal('60007', `${source} answered what is not JSON`, null, { cause });
  }
}

function inContract(dialect: Dialect, message: Registered, origin: string, image: unknown): Markup {
  const { operation, service, sender, id } = message;
  const { response } = operation;
  const model = response && service.contract.model(response);
  if (!response || !model) throw new Error(`${operation.name} has no response in its contract`);
  const filtered = dialect.answerModel(model).children.find(({ name }) => name === service.rules.filtered);
  if (!filtered)
    throw new Error(`the contract of ${service.rules.name} declares no ${service.rules.filtered}`);
  const absent = {
    number: '30001',
    origin,
    type: 'FOUT',
    text: 'Geen gegevens gevonden.',
    circumstance: null,
    annotations: [],
    references: [],
  } as const;
  return dialect.writeReply({
    response: { ...response, prefix: 'ns' },
    name: service.rules.name,
    version: service.rules.version,
    at: message.at,
    speaker: origin,
    reference: id,
    sender: { ...sender, reference: id },
    answer: {
      reference: id,
      content: image === null ? null : fromJson(filtered, image),
      notices: image === null ? [absent] : [],
    },
    notices: [],
  });
}
