import { attributeOf } from '../xml/document.ts';
import { type CompiledSchema, compileSchema } from '../xml/schema.ts';
import type { Report } from './problem.ts';
import type { SchemaPart } from './schema-set.ts';
import { schemaSource } from './schema-source.ts';

/** With a file missing the compiler would complain of all that refers to it, which says nothing new. */
const isComplete = (parts: readonly SchemaPart[]) =>
  parts.every(({ references }) =>
    [...references].every(
      ([node, target]) => target !== null || attributeOf(node, 'schemaLocation') === null,
    ),
  );

const OWN_PREFIX = /^Element '\{http:\/\/www\.w3\.org\/2001\/XMLSchema\}(\w+)'(?:, attribute '\w+')?: /;

/**
 * Compiles schema documents that belong together. Null, with every problem by file and line, when they do not compile;
 * null in silence when one of them is missing, which was reported when it was looked for.
 */
export function compileParts(parts: readonly SchemaPart[], report: Report): CompiledSchema | null {
  if (!isComplete(parts)) return null;
  const { entry, documents, fileOf } = schemaSource(parts);
  const { schema, complaints } = compileSchema(entry, documents);
  for (const { message, file, line } of complaints) {
    const where = fileOf.get(file ?? '');
    report(where ?? parts[0]?.file ?? entry, where ? line : 1, message.replace(OWN_PREFIX, 'xs:$1: '));
  }
  return schema;
}
