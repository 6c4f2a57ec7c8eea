import { everyBelow } from '../dialect/path.ts';
import type { CodesOf } from '../exchange/code-table.ts';
import type { Element } from '../exchange/element.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Enquiry } from '../exchange/source.ts';
import { parseTree } from '../xml/tree.ts';

/**
 * The question's content in the codes of a source. What was signed stays as it is: where there is anything to
 * translate, it is done in a copy.
 *
 * @throws Refusal 99982 when the source has no code for one that is asked for
 */
export function questionFor(enquiry: Enquiry, source: string, codesOf: CodesOf): Element {
  const { content, service, ending } = enquiry;
  const { rules } = service;
  const due = rules.codes.filter((rule) => rule.in === 'question').filter((rule) => rule.source === source);
  if (!due.some(({ path }) => everyBelow(content, path).length > 0)) return content;
  const copy = parseTree(content.canonical());
  ending.push(copy);
  for (const { path, table } of due) {
    const codes = codesOf(table, source);
    for (const element of everyBelow(copy.root, path)) {
      const known = codes?.toSource(element.text.trim()) ?? null;
      // The value is the sender's own; in the audit it could be anything at all, so that only its place is kept.
      if (known === null) throw unknownCode(path, table, source, element.text.trim());
      element.replaceText(known);
    }
  }
  return copy.root;
}

const unknownCode = (path: string, table: string, source: string, code: string) =>
  new Refusal('99982', `the code at ${path} is not in table ${table} of ${source}`, null, {
    annotations: [{ name: path, value: code }],
  });
