import { readFileSync } from 'node:fs';
import type { Answerer, Answerers, Said } from '../../src/demo/answerer.ts';
import { parseTree } from '../../src/xml/tree.ts';

/** What an answerer says to a question with this content. */
export async function ask(answerers: Answerers, service: string, inhoud: string): Promise<Said> {
  const answer: Answerer | undefined = answerers[service];
  if (!answer) throw new Error(`nobody answers ${service}`);
  const tree = parseTree(Buffer.from(`<Inhoud>${inhoud}</Inhoud>`));
  try {
    return await answer(tree.root);
  } finally {
    tree.dispose();
  }
}

/** The number of what a source refused with, or null when it answered. */
export const refusalOf = (said: Said): string | null => (said.kind === 'refused' ? said.why.number : null);

/** The content of a catalogue sample's question. */
export function sampleContent(name: string): string {
  const text = readFileSync(`test/envelopes/answers/catalogue/${name}.request.xml`, 'utf8');
  const content = /<Inhoud>([\s\S]*)<\/Inhoud>\s*<\/Vraag>/.exec(text)?.[1];
  if (content === undefined) throw new Error(`${name} asks nothing`);
  return content;
}
