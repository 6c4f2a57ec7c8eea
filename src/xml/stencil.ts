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

const HOLE = new RegExp(`${BEGIN}[^${END}]*${END}`, 'g');

// Dates, identifiers, base64: what stands for itself in text and in attribute values.
const PLAIN = /^[\w+/=:.-]*$/;

/**
 * @param markup in ASCII, with a hole wherever a message has something of its own
 * @throws Error when anything else than the holes is not ASCII
 */
export function stencil<Name extends string>(markup: Markup): Fill<Name> {
  const written = write(markup);
  const [head = '', ...rest] = written.split(BEGIN);
  if (!isAscii(Buffer.from(written.replaceAll(HOLE, '')))) throw new Error('a stencil is ASCII');
  const holes = rest.map((part) => {
    const [name = '', after = ''] = part.split(END);
    // Every hole bears one of the names by which it is filled: they are written side by side.
    return { name: name as Name, after };
  });
  return (values) => {
    const chunks: Uint8Array[] = [];
    let text = head;
    for (const { name, after } of holes) {
      const value = values[name];
      if (typeof value === 'string') {
        if (!PLAIN.test(value)) throw new Error(`${name} is not plain text`);
        text += value + after;
      } else {
        chunks.push(Buffer.from(text, 'latin1'), value);
        text = after;
      }
    }
    const last = Buffer.from(text, 'latin1');
    return chunks.length === 0 ? last : Buffer.concat([...chunks, last]);
  };
}
