import { questionFromTemplate } from '../contract/template-question.ts';
import { dialectOf } from '../dialect/dialect.ts';
import type { Inquiry } from '../exchange/inquiry.ts';
import type { Parsed, Received } from '../exchange/message.ts';
import type { Stage } from '../exchange/stage.ts';
import { readEnvelope, readPayload } from '../xml/envelope.ts';
import { soap } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { element, fragment, type Markup } from '../xml/write.ts';
import { writtenTree } from '../xml/written-tree.ts';

/**
 * Makes of a question that no envelope brought the message that its sender could have sent: the question's own Vraag,
 * or one made of a template and a subject, under the Context of the file in which it stood.
 */
export function put({ service, sender, question, template }: Inquiry): Stage<Received, Parsed> {
  return function put(message) {
    const { rules, contract } = service;
    const [operation] = contract.operations;
    const request = operation && contract.model(operation.request);
    if (!operation || !request || rules.dialect !== 'magda')
      throw new Error(`${rules.name} cannot be asked by file: its contract has no Vraag`);
    message.ending.push(contract.hold());
    const asked = readVraag(question.content, message) ?? {
      reference: message.id,
      content: questionFromTemplate(
        template,
        question.subject,
        dialectOf(rules).questionModel(request),
        rules.subject,
      ),
    };
    const payload = dialectOf(rules).writeQuestion({
      ...{ request: { ...operation.request, prefix: 'ns' }, name: rules.name, version: rules.version },
      ...{ at: message.at, sender, ...asked },
    });
    const name = soap('1.1');
    const root = writtenTree(element(name('Envelope'), [element(name('Body'), [payload])]), message.ending);
    const envelope = readEnvelope(root);
    const unproven = readPayload(envelope);
    return { ...message, envelope, encrypted: false, opened: true, unproven, service, operation };
  };
}

function readVraag(
  written: string | null,
  { ending }: Received,
): { readonly reference: string; readonly content: Markup } | null {
  if (written === null) return null;
  const tree = parseTree(Buffer.from(written, 'utf8'));
  ending.push(tree);
  const content = tree.root.child('Inhoud');
  if (!content) throw new Error('a Vraag without Inhoud was taken from its file');
  return { reference: tree.root.child('Referte')?.text.trim() ?? '', content: fragment(content.canonical()) };
}
