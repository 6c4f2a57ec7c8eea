import { fileURLToPath } from 'node:url';
import { readSchema, type Schema } from '../contract/load-schema.ts';
import { ContractError, problemList } from '../contract/problem.ts';
import type { ArchivePart } from '../exchange/audit-archive.ts';
import type { Element } from '../exchange/element.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Trust } from '../wss/trust.ts';
import { verifyDocument } from '../wss/verify-document.ts';
import { toUtf8 } from '../xml/encoding.ts';
import { checkLimits, messageLimits } from '../xml/limits.ts';
import type { QName } from '../xml/names.ts';
import { parseTree } from '../xml/tree.ts';
import { element, type Markup } from '../xml/write.ts';

export const DESTRUCTION = 'urn:kruispunt:audit:destruction:v1';

/** What was destroyed because its term was over. */
export type Destruction = {
  readonly archive: number;
  readonly at: Date;
  readonly from: Date;
  readonly to: Date;
  readonly keptDays: number;
  readonly rows: number;
  readonly sha256: string;
  readonly parts: readonly ArchivePart[];
};

export type DestructionReader = (statement: string) => Destruction;

/** What a statement is not, that should say what was destroyed. */
export class DestructionFault extends Error {}

const d = (name: string): QName => ({ namespace: DESTRUCTION, name, prefix: 'd' });

export const destructionRoot = d('Destruction');

/** What stands in its root before its signature. */
export const destructionContent = (destruction: Destruction): readonly Markup[] => [
  element(d('archive'), String(destruction.archive)),
  element(d('moment'), destruction.at.toISOString()),
  element(d('from'), destruction.from.toISOString()),
  element(d('to'), destruction.to.toISOString()),
  element(d('keptDays'), String(destruction.keptDays)),
  element(d('rows'), String(destruction.rows)),
  element(d('digest'), destruction.sha256),
  ...destruction.parts.map(({ writer, first, last, before, after }) =>
    element(d('part'), [
      element(d('writer'), writer),
      element(d('first'), String(first)),
      element(d('last'), String(last)),
      element(d('hashBefore'), before),
      element(d('hashAfter'), after),
    ]),
  ),
];

const FOLDER = fileURLToPath(new URL('../../xsd', import.meta.url));

/** The schema of what is said of a destruction, which comes with the program. */
export function openDestructionSchema(): Schema {
  const { problems, report } = problemList();
  const path = `${FOLDER}/Kruispunt.AuditDestruction-01.00/AuditDestruction.xsd`;
  const schema = readSchema(path, [], report);
  if (schema === null) throw new ContractError(problems);
  return schema;
}

/** Reads statements that hold: of their schema, and signed by whom is trusted, at the moment that they say. */
export const destructionReader =
  ({ schema, trust }: { readonly schema: Schema; readonly trust: Trust }): DestructionReader =>
  (statement) => {
    try {
      return read(statement, schema, trust);
    } catch (cause) {
      if (cause instanceof Refusal) throw new DestructionFault(cause.message, { cause });
      throw cause;
    }
  };

function read(statement: string, schema: Schema, trust: Trust): Destruction {
  const bytes = toUtf8(Buffer.from(statement, 'utf8'), null);
  checkLimits(bytes, messageLimits);
  const { root, dispose } = parseTree(bytes);
  try {
    if (root.name !== 'Destruction' || root.namespace !== DESTRUCTION)
      throw new DestructionFault(`begins with {${root.namespace}}${root.name}`);
    const [violation] = schema.violations(root);
    if (violation) throw new DestructionFault(`${violation.path}: ${violation.message}`);
    const at = new Date(text(root, 'moment'));
    verifyDocument(root, { trust, at });
    return {
      ...{ archive: Number(text(root, 'archive')), at, keptDays: Number(text(root, 'keptDays')) },
      ...{ from: new Date(text(root, 'from')), to: new Date(text(root, 'to')) },
      ...{ rows: Number(text(root, 'rows')), sha256: text(root, 'digest') },
      parts: root.children.filter(({ name }) => name === 'part').map(partIn),
    };
  } finally {
    dispose();
  }
}

const partIn = (of: Element): ArchivePart => ({
  writer: text(of, 'writer'),
  ...{ first: Number(text(of, 'first')), last: Number(text(of, 'last')) },
  ...{ before: text(of, 'hashBefore'), after: text(of, 'hashAfter') },
});

function text(of: Element, name: string): string {
  const found = of.child(name, DESTRUCTION);
  if (!found) throw new Error(`the schema lets ${of.name} be without ${name}`);
  return found.text;
}
