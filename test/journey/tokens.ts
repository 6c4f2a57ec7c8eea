import { readEnvelope, readPayload } from '../../src/xml/envelope.ts';
import { parseTree } from '../../src/xml/tree.ts';
import type { Markup } from '../../src/xml/write.ts';
import { contentOf, service } from '../support/message.ts';
import { sourceReply } from '../support/parts-in-memory.ts';

/** A person in whom every value that the schema lets be anything is a word that occurs nowhere else. */
export type Marked = {
  readonly image: Record<string, unknown>;
  /** Each word, with the path below Inhoud at which it stands. */
  readonly tokens: readonly (readonly [path: string, token: string])[];
};

type Leaf = { readonly path: string; readonly value: string; readonly put: (value: string) => void };

export function marked(original: Record<string, unknown>): Marked {
  const image = structuredClone(original);
  const tokens: [string, string][] = [];
  for (const { path, value, put } of [...leavesOf(image, 'Persoon')]) {
    // The bus compares the subject's number with the one that was asked.
    if (path === 'Persoon/INSZ') continue;
    const found = wordsLike(value, tokens.length + 1).find((word) => {
      put(word);
      return isValid(contentOf(image));
    });
    put(found ?? value);
    if (found) tokens.push([path, found]);
  }
  return { image, tokens };
}

/** Words of the kinds that a value may be: letters, a date, digits; none so short that it might occur by chance. */
function wordsLike(value: string, serial: number): readonly string[] {
  const digits = String(serial).padStart(3, '0');
  return [
    `GEHEIM${digits}`,
    `1${digits}-01-02`,
    `9${digits}${'7'.repeat(Math.max(0, value.length - 4))}`,
  ].filter((word) => word.length >= 5);
}

function* leavesOf(image: Record<string, unknown>, path: string): Generator<Leaf> {
  for (const [key, value] of Object.entries(image)) {
    const at = key === '#text' ? path : `${path}/${key}`;
    if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) {
        const put = (word: string) => {
          value[index] = word;
        };
        yield* inside(each, at, put);
      }
    } else {
      const put = (word: string) => {
        image[key] = word;
      };
      yield* inside(value, at, put);
    }
  }
}

function* inside(value: unknown, path: string, put: Leaf['put']): Generator<Leaf> {
  if (isObject(value)) yield* leavesOf(value, path);
  else yield { path, value: String(value), put };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isValid(content: Markup): boolean {
  const tree = parseTree(sourceReply('x', { content }));
  const valid = service.contract.violations(readPayload(readEnvelope(tree.root))).length === 0;
  tree.dispose();
  return valid;
}
