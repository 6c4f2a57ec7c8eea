import { z } from 'zod';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import { FORMAT } from './export-file.ts';

/** Why a file is no export, or not a whole one. */
export class ExportFault extends Error {}

const moment = z.iso.datetime().transform((text) => new Date(text));
const header = z.object({
  format: z.literal(FORMAT),
  from: moment.nullable(),
  to: moment.nullable(),
  columns: z.array(z.string()),
  subjectColumns: z.array(z.string()),
});
const anchorLine = z.strictObject({
  ...{ anchor: z.number(), statement: z.string() },
  timestamp: z.base64().optional(),
});
const destructionLine = z.strictObject({ destruction: z.number(), statement: z.string() });
const cells = z.array(z.union([z.string(), z.number(), z.null()]));
const rowLine = z.strictObject({
  ...{ writer: z.string(), sequence: z.number(), previous: z.string(), hash: z.string() },
  ...{ row: cells.min(1), subjects: z.array(cells) },
});
const endLine = z.strictObject({ end: z.literal(true) });

export const headerOf = (text: string) => parse(header, text);

export const anchorOf = (text: string) => {
  const { anchor, statement, timestamp = null } = parse(anchorLine, text);
  return { number: anchor, statement, timestamp };
};

export const destructionOf = (text: string): { readonly number: number; readonly statement: string } => {
  const { destruction, statement } = parse(destructionLine, text);
  return { number: destruction, statement };
};

export const rowOf = (text: string): ChainedRow => {
  const row = parse(rowLine, text);
  return { ...row, id: String(row.row[0]) };
};

export const isEnd = (text: string): boolean => parse(endLine, text).end;

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
