import type { DocumentNode } from './document.ts';

/**
 * Writes a document of ours with its own prefixes. Every start tag stands on its line of the file that it was read
 * from, so that what a later reader says about a line is true of that file.
 */
export function printDocument(root: DocumentNode): string {
  const out = { text: '<?xml version="1.0" encoding="UTF-8"?>', line: 1 };
  print(root, root.scope, out);
  return `${out.text}\n`;
}

type Output = { text: string; line: number };

function print(of: DocumentNode, declarations: ReadonlyMap<string, string>, out: Output): void {
  if (out.line < of.line) {
    out.text += '\n'.repeat(of.line - out.line);
    out.line = of.line;
  }
  const tag = tagOf(of);
  const declared = [...declarations].map(
    ([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escaped(uri)}"`,
  );
  const attributes = of.attributes.map((each) => ` ${tagOf(each)}="${escaped(each.value)}"`);
  const start = `<${tag}${declared.join('')}${attributes.join('')}`;
  if (of.content.length === 0) {
    out.text += `${start}/>`;
    return;
  }
  out.text += `${start}>`;
  for (const part of of.content) {
    if (typeof part !== 'string') print(part, part.declarations, out);
    else {
      out.text += escaped(part);
      out.line += part.split('\n').length - 1;
    }
  }
  out.text += `</${tag}>`;
}

const tagOf = ({ prefix, name }: { readonly prefix: string; readonly name: string }) =>
  prefix === '' ? name : `${prefix}:${name}`;

const escaped = (text: string) => text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};
