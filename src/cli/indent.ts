import type { Element } from '../exchange/element.ts';

/** An element for people to read: names without prefixes, one element a line, text beside its name. */
export function indent(element: Element, depth = 0): string {
  const margin = '  '.repeat(depth);
  const attributes = element.attributes
    .map(({ name, value }) => ` ${name}=${JSON.stringify(value)}`)
    .join('');
  const { children } = element;
  if (children.length === 0) return `${margin}${element.name}${attributes}: ${element.text}`;
  return [`${margin}${element.name}${attributes}`, ...children.map((child) => indent(child, depth + 1))].join(
    '\n',
  );
}
