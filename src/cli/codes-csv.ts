import type { FileMistake } from './configuration-file.ts';

/** A row of a CSV file: its fields, and the line on which it begins. */
type Row = { readonly line: number; readonly fields: readonly string[] };

const COLUMNS = ['table', 'source', 'code', 'magda', 'description'] as const;

/**
 * Code tables as a spreadsheet writes them (RFC 4180, comma or semicolon, which only quoted fields may hold), with a head that names the columns, in the
 * form in which the configuration's YAML has them.
 */
export function readCsv(text: string): {
  readonly tables: readonly {
    readonly table: unknown;
    readonly source: unknown;
    readonly codes: unknown[];
  }[];
  readonly lines: ReadonlyMap<string, number>;
  readonly mistakes: readonly FileMistake[];
} {
  const mistakes: FileMistake[] = [];
  const [head, ...rows] = rowsIn(text.replace(/^\ufeff/, ''), mistakes);
  const names = head?.fields.map((field) => field.trim()) ?? [];
  if (names.join() !== COLUMNS.join() && names.join() !== COLUMNS.slice(0, -1).join())
    mistakes.push({ line: 1, message: `expected the columns ${COLUMNS.join(', ')}` });
  const tables = new Map<string, { table: unknown; source: unknown; codes: unknown[] }>();
  const lines = new Map<string, number>();
  for (const { line, fields } of mistakes.length > 0 ? [] : rows) {
    if (fields.length !== names.length) {
      mistakes.push({ line, message: `expected ${names.length} fields, there are ${fields.length}` });
      continue;
    }
    const [name = '', source = '', code, magda, description] = fields.map((field) => field.trim());
    const key = JSON.stringify([name, source]);
    const table = tables.get(key) ?? { table: name, source, codes: [] };
    tables.set(key, table);
    const at = [...tables.keys()].indexOf(key);
    if (table.codes.length === 0) lines.set(String(at), line);
    lines.set(`${at}.codes.${table.codes.length}`, line);
    table.codes.push({ code, magda, ...(description ? { description } : {}) });
  }
  return { tables: [...tables.values()], lines, mistakes };
}

// A field is quoted, with quotes in it doubled, or runs up to the next separator; then that, or the end of the row.
const FIELD = /(?:"((?:[^"]|"")*)"[ \t]*|([^"\r\n,;][^\r\n,;]*|))(,|;|\r?\n|$)/y;

function rowsIn(text: string, mistakes: FileMistake[]): readonly Row[] {
  const rows: Row[] = [];
  let [fields, line, began] = [[] as string[], 1, 1];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length || fields.length > 0) {
    const found = FIELD.exec(text);
    if (!found) {
      mistakes.push({ line, message: 'a quote stands where a field cannot have one, or is not closed' });
      return rows;
    }
    const [whole, quoted, bare = '', end = ''] = found;
    fields.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',' || end === ';') continue;
    if (fields.some((field) => field.trim() !== '')) rows.push({ line: began, fields });
    [fields, began] = [[], line];
  }
  return rows;
}
