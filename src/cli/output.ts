/** What a verb needs of the world outside it. */
export type Terminal = { readonly print: (line: string) => void; readonly warn: (line: string) => void };

export const terminal: Terminal = {
  print: (line) => console.log(line),
  warn: (line) => console.error(line),
};

/** Rows as columns under their headings, as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The verb was called wrongly: exit 2, with what is right. */
export class UsageError extends Error {}

/** The verb was called rightly and could not do its work: exit 1, with what to do about it. */
export class FailedError extends Error {}
