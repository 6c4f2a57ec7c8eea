import { z } from 'zod';
import { fromJson } from '../contract/json-markup.ts';
import { type Dialect, dialectOf, filteredModel } from '../dialect/dialect.ts';
import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import type { Notice } from '../exchange/message.ts';
import { Refusal, refusals } from '../exchange/refusal.ts';
import type { Ask, Enquiry } from '../exchange/source.ts';
import type { Markup } from '../xml/write.ts';
import { writtenTree } from '../xml/written-tree.ts';
import { refusalOf } from './ask-soap.ts';
import type { Connect } from './connect.ts';

type Needs = { readonly connect: Connect };

/** Asks a source for a JSON resource and writes it as the contract's own answer: 404 is "no data" (30001). */
export function askRest({ connect }: Needs): Ask {
  return async function askRest(source, option, message, signal) {
    const dialect = dialectOf(message.service.rules);
    const url = new URL(
      `${source.url.replace(/\/$/, '')}${resource(option.resource ?? '', message.content)}`,
    );
    const call = { method: 'GET', url, headers: { accept: 'application/json' }, body: null } as const;
    const { status, body } = await connect(source, call, signal);
    if (status !== 200 && status !== 404) throw refusalOf(source, status);
    const image = status === 404 ? absent : parseJson(source.name, body);
    return writtenTree(inContract(dialect, message, option.origin, image), message.ending);
  };
}

/** `{Criteria/INSZ}` in a template becomes that value of the question, escaped for a path. */
function resource(template: string, content: Element): string {
  return template.replace(/\{([^}]+)\}/g, (_, path: string) =>
    encodeURIComponent(below(content, path)?.text.trim() ?? ''),
  );
}

const text = z.string().optional();
const noticeImage = z.object({
  Identificatie: z.string(),
  Oorsprong: text,
  Type: z.enum(['FOUT', 'WAARSCHUWING', 'INFORMATIE']),
  Diagnose: z.string(),
  Omstandigheid: text,
});
const answerImage = z
  .object({ Uitzonderingen: z.object({ Uitzondering: z.array(noticeImage) }).optional() })
  .catchall(z.unknown());

type AnswerImage = z.infer<typeof answerImage>;

/** The JSON image of an Antwoord: its content, and the Uitzonderingen beside it. */
function parseJson(source: string, body: Buffer): AnswerImage {
  if (body.length === 0) throw new Refusal('60006', `${source} answered without a body`);
  try {
    return answerImage.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    const where = cause instanceof z.ZodError ? ` at ${cause.issues[0]?.path.join('/')}` : '';
    throw new Refusal('60007', `${source} answered what is not the JSON of an answer${where}`, null, {
      cause,
    });
  }
}

const absent: AnswerImage = {
  Uitzonderingen: {
    Uitzondering: [{ Identificatie: '30001', Type: 'FOUT', Diagnose: refusals['30001'].text }],
  },
};

function inContract(dialect: Dialect, message: Enquiry, origin: string, image: AnswerImage): Markup {
  const { operation, service, sender, id } = message;
  const { name, version, filtered } = service.rules;
  const { response } = operation;
  const around = response && service.contract.model(response);
  if (filtered === null)
    throw new Refusal('60011', `${name} ${version} has a plain contract, which a REST source cannot speak`);
  const model = around && filteredModel(service.rules, around);
  if (!response || !model) throw new Error(`the contract of ${name} declares no ${filtered}`);
  const content = image[filtered] ?? null;
  return dialect.writeReply({
    response: { ...response, prefix: 'ns' },
    name,
    version,
    at: message.at,
    speaker: origin,
    reference: id,
    sender: { ...sender, reference: id },
    answer: {
      reference: id,
      content: content === null ? null : fromJson(model, content),
      notices: (image.Uitzonderingen?.Uitzondering ?? []).map((notice) => noticeOf(notice, origin)),
    },
    notices: [],
  });
}

const noticeOf = (image: z.infer<typeof noticeImage>, origin: string): Notice => ({
  number: image.Identificatie,
  origin: image.Oorsprong ?? origin,
  type: image.Type,
  text: image.Diagnose,
  circumstance: image.Omstandigheid ?? null,
  annotations: [],
  references: [],
});
