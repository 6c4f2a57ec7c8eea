import { createReadStream } from 'node:fs';
import type { AuditSource } from './check-audit.ts';
import { anchorOf, destructionOf, ExportFault, headerOf, isEnd, rowOf } from './export-line.ts';

/** Bytes of a file, from one up to another. */
type Part = { start: number; end: number };

/**
 * Opens an export to be looked at. In memory there is never more than one line, and where each writer's rows lie.
 *
 * @throws ExportFault when the file is none, or was cut off
 */
export async function openExport(path: string): Promise<AuditSource> {
  const { span, anchors, destructions, parts } = await survey(path);
  return {
    span,
    anchors: async function* () {
      for await (const { text } of lines(path, anchors)) yield anchorOf(text);
    },
    destructions: async function* () {
      for await (const { text } of lines(path, destructions)) yield destructionOf(text);
    },
    lost: async () => ({ findings: [], parts: [] }),
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
  const destructions: Part = { start: 0, end: 0 };
  let found: ReturnType<typeof headerOf> | null = null;
  let isWhole = false;
  for await (const { text, start, end } of lines(path, null)) {
    if (isWhole) throw new ExportFault('there are lines behind its end');
    if (!found) found = headerOf(text);
    else if (/^{"(anchor|destruction)":/.test(text)) {
      if (parts.size > 0) throw new ExportFault('an anchor stands between its rows');
      lengthen(text.startsWith('{"anchor":') ? anchors : destructions, start, end);
    } else if (text.startsWith('{"end":')) {
      isWhole = isEnd(text);
    } else {
      addRow(parts, rowOf(text).writer, { start, end });
    }
  }
  if (!found || !isWhole) throw new ExportFault('it was cut off: its last line is missing');
  return { span: { from: found.from, to: found.to }, anchors, destructions, parts };
}

/** To what lies before it, where that is of the same writer. */
function addRow(parts: Map<string, Part[]>, writer: string, row: Part): void {
  const own = parts.get(writer) ?? [];
  const last = own.at(-1);
  if (last?.end === row.start) last.end = row.end;
  else parts.set(writer, [...own, row]);
}

function lengthen(part: Part, start: number, end: number): void {
  if (part.end === 0) part.start = start;
  part.end = end;
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
