import { createReadStream } from 'node:fs';
import { z } from 'zod';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import type { AuditSource } from './check-audit.ts';
import { FORMAT } from './export-file.ts';

/** Why a file is no export, or not a whole one. */
export class ExportFault extends Error {}

const moment = z.iso.datetime().transform((text) => new Date(text));
const header = z.object({
  format: z.literal(FORMAT),
  from: moment.nullable(),
  to: moment.nullable(),
  columns: z.array(z.string()),
});
const anchorLine = z.strictObject({
  ...{ anchor: z.number(), statement: z.string() },
  timestamp: z.base64().optional(),
});
const cells = z.array(z.union([z.string(), z.number(), z.null()]));
const rowLine = z.strictObject({
  ...{ writer: z.string(), sequence: z.number(), previous: z.string(), hash: z.string() },
  ...{ row: cells.min(1), subjects: z.array(cells) },
});
const endLine = z.strictObject({ end: z.literal(true) });

/** Bytes of a file, from one up to another. */
type Part = { start: number; end: number };

/**
 * Opens an export to be looked at. In memory there is never more than one line, and where each writer's rows lie.
 *
 * @throws ExportFault when the file is none, or was cut off
 */
export async function openExport(path: string): Promise<AuditSource> {
  const { span, anchors, parts } = await survey(path);
  return {
    span,
    anchors: async function* () {
      for await (const { text } of lines(path, anchors)) {
        const { anchor, statement, timestamp = null } = parse(anchorLine, text);
        yield { number: anchor, statement, timestamp };
      }
    },
    writers: async () => [...parts.keys()],
    rows: async function* (writer) {
      for (const part of parts.get(writer) ?? [])
        for await (const { text } of lines(path, part)) yield rowOf(text);
    },
    unchained: async () => null,
  };
}

async function survey(path: string) {
  const parts = new Map<string, Part[]>();
  const anchors: Part = { start: 0, end: 0 };
  let found: z.infer<typeof header> | null = null;
  const last: { writer: string; part: Part } = { writer: '', part: { start: 0, end: 0 } };
  let isWhole = false;
  for await (const { text, start, end } of lines(path, null)) {
    if (isWhole) throw new ExportFault('there are lines behind its end');
    if (!found) {
      found = parse(header, text);
      Object.assign(anchors, { start: end, end });
    } else if (text.startsWith('{"anchor":')) {
      if (parts.size > 0) throw new ExportFault('an anchor stands between its rows');
      anchors.end = end;
    } else if (text.startsWith('{"end":')) {
      isWhole = parse(endLine, text).end;
    } else {
      const { writer } = rowOf(text);
      if (last.writer === writer) {
        last.part.end = end;
        continue;
      }
      Object.assign(last, { writer, part: { start, end } });
      parts.set(writer, [...(parts.get(writer) ?? []), last.part]);
    }
  }
  if (!found || !isWhole) throw new ExportFault('it was cut off: its last line is missing');
  return { span: { from: found.from, to: found.to }, anchors, parts };
}

const rowOf = (text: string): ChainedRow => {
  const row = parse(rowLine, text);
  return { ...row, id: String(row.row[0]) };
};

function parse<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ExportFault('a line is no JSON', { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ExportFault(`a line is not as an export has it: ${result.error.issues[0]?.message}`);
}

/** Lines with where they begin and where the next does. */
async function* lines(path: string, part: Part | null) {
  if (part && part.start === part.end) return;
  let start = part?.start ?? 0;
  const range = part ? { start, end: part.end - 1 } : { start };
  const stream = createReadStream(path, { ...range, encoding: 'utf8' });
  let rest = '';
  for await (const chunk of stream) {
    const texts = `${rest}${chunk}`.split('\n');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      const end = start + Buffer.byteLength(text) + 1;
      yield { text, start, end };
      start = end;
    }
  }
  if (rest !== '') throw new ExportFault('it was cut off in a line');
}
