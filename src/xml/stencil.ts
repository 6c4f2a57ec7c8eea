import { isAscii } from 'node:buffer';
import { type Markup, write } from './write.ts';

/**
 * Fills markup that was written once: what a message has in common with every other is not written anew. Text goes into
 * holes in text and attribute values, bytes in exclusive canonical form where a fragment belongs.
 *
 * @throws Error when a text holds what would have to be escaped
 */
export type Fill<Name extends string> = (values: Readonly<Record<Name, string | Uint8Array>>) => Buffer;

// Private to us (Unicode §23.5), and never written otherwise: the bus writes what it was sent, but no stencil of it.
const [BEGIN, END] = ['\ue000', '\ue001'];

/** Stands for what is filled in later. */
export const hole = (name: string): string => `${BEGIN}${name}${END}`;

// Dates, identifiers, base64: what stands for itself in text and in attribute values.
const PLAIN = /^[\w+/=:.-]*$/;

/**
 * @param markup in ASCII, with a hole wherever a message has something of its own
 * @throws Error when anything else than the holes is not ASCII
 */
export function stencil<Name extends string>(markup: Markup): Fill<Name> {
  const [head = '', ...rest] = write(markup).split(BEGIN);
  const first = ascii(head);
  const holes = rest.map((part) => {
    const [name = '', after = ''] = part.split(END);
    // Every hole bears one of the names by which it is filled: they are written side by side.
    return { name: name as Name, after: ascii(after) };
  });
  const fixed = holes.reduce((sum, { after }) => sum + after.length, first.length);
  return (values) => {
    let length = fixed;
    for (const { name } of holes) length += values[name].length;
    const filled = Buffer.allocUnsafe(length);
    let at = first.copy(filled);
    for (const { name, after } of holes) {
      const value = values[name];
      if (typeof value !== 'string') filled.set(value, at);
      else if (PLAIN.test(value)) filled.write(value, at, 'latin1');
      else throw new Error(`${name} is not plain text`);
      at += value.length;
      filled.set(after, at);
      at += after.length;
    }
    return filled;
  };
}

function ascii(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (!isAscii(bytes)) throw new Error('a stencil is ASCII');
  return bytes;
}
