import { readFileSync } from 'node:fs';
import { isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Report } from './problem.ts';

export type YamlFile<Shape extends z.ZodType> = {
  /** Null when the file has not this shape; why is reported. */
  readonly data: z.output<Shape> | null;
  /** Line of what stands at a path of keys and indexes, or of the nearest thing around it that does stand there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
};

/** Reads a YAML file that must have a shape, and reports everything that is wrong with it by line and key. */
export function readYaml<Shape extends z.ZodType>(
  file: string,
  shape: Shape,
  report: Report,
): YamlFile<Shape> {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines });
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const node = at(document, path.slice(0, length));
      if (node !== null) return lines.linePos(node).line;
    }
    return 1;
  };
  for (const { pos, message } of document.errors) {
    report(file, lines.linePos(pos[0]).line, `is not YAML: ${message.split('\n')[0]}`);
  }
  if (document.errors.length > 0) return { data: null, lineOf };
  const read = shape.safeParse(document.toJS());
  if (read.success) return { data: read.data, lineOf };
  for (const issue of read.error.issues)
    reportIssue(issue, (path, message) => report(file, lineOf(path), message));
  return { data: null, lineOf };
}

function reportIssue(
  issue: z.core.$ZodIssue,
  say: (path: readonly PropertyKey[], message: string) => void,
): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const path = [...issue.path, key];
      say(path, `${path.join('.')}: unknown key; remove it or correct its name`);
    }
    return;
  }
  const message = issue.message
    .replace(/^Invalid (?:input|option): /, '')
    .replace(', received undefined', ', nothing is there');
  say(issue.path, `${issue.path.join('.') || 'the file'}: ${message}`);
}

/** Offset in the file of a node, or of the key when the path ends in one. */
function at(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number | null {
  const key = path.at(-1);
  const parent = document.getIn(path.slice(0, -1), true);
  if (isMap(parent) && key !== undefined) {
    const pair = parent.items.find((item) => String(item.key) === String(key));
    const range = pair ? rangeOf(pair.key) : null;
    if (range !== null) return range;
  }
  return rangeOf(document.getIn(path, true));
}

function rangeOf(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return null;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : null;
}
