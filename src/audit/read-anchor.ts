import type { Schema } from '../contract/load-schema.ts';
import type { Element } from '../exchange/element.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Trust } from '../wss/trust.ts';
import { verifyDocument } from '../wss/verify-document.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { checkLimits, messageLimits } from '../xml/limits.ts';
import { parseTree } from '../xml/tree.ts';
import { ANCHOR, type Anchor } from './anchor.ts';

export type AnchorReader = (statement: string) => Anchor;

/** What a statement is not, that should be an anchor. */
export class AnchorFault extends Error {}

type Verify = (root: Element, at: Date) => void;

/**
 * Reads anchors that hold: of their schema, and signed by whom is trusted, at the moment that they say.
 *
 * @throws AnchorFault
 */
export const anchorReader = ({ schema, trust }: { readonly schema: Schema; readonly trust: Trust }) =>
  readerWith(schema, (root, at) => void verifyDocument(root, { trust, at }));

/** Reads what anchors say, whoever signed it: for taking them elsewhere, where they are to be verified. */
export const unverifiedReader = (schema: Schema): AnchorReader => readerWith(schema, () => {});

const readerWith =
  (schema: Schema, verify: Verify): AnchorReader =>
  (statement) => {
    try {
      return read(statement, schema, verify);
    } catch (cause) {
      if (cause instanceof Refusal) throw new AnchorFault(cause.message, { cause });
      throw cause;
    }
  };

function read(statement: string, schema: Schema, verify: Verify): Anchor {
  const bytes = toUtf8(Buffer.from(statement, 'utf8'), null);
  checkLimits(bytes, messageLimits);
  const { root, dispose } = parseTree(bytes);
  try {
    if (root.name !== 'Anchor' || root.namespace !== ANCHOR)
      throw new AnchorFault(`begins with {${root.namespace}}${root.name}`);
    const [violation] = schema.violations(root);
    if (violation) throw new AnchorFault(`${violation.path}: ${violation.message}`);
    verify(root, new Date(text(root, 'moment')));
    // From here on the tree of a verified anchor holds nothing but what was signed.
    return {
      number: Number(text(root, 'number')),
      at: new Date(text(root, 'moment')),
      previous: root.child('previousDigest', ANCHOR)?.text ?? null,
      rowsBefore: Number(text(root, 'rowsBefore')),
      heads: root.children.filter(({ name }) => name === 'head').map(headIn),
    };
  } finally {
    dispose();
  }
}

const headIn = (of: Element) => ({
  writer: text(of, 'writer'),
  sequence: Number(text(of, 'sequence')),
  hash: text(of, 'hash'),
  closed: ['true', '1'].includes(text(of, 'closed')),
});

function text(of: Element, name: string): string {
  const found = of.child(name, ANCHOR);
  if (!found) throw new Error(`the schema lets ${of.name} be without ${name}`);
  return found.text;
}
