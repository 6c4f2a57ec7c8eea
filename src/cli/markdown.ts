/** Lines of a page. */
export type Markdown = readonly string[];

/** Text in a table's cell or a line: what Markdown would read as its own is escaped. */
export const cell = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[\\|<>*_[\]]/g, (sign) => `\\${sign}`);

export const tableOf = (headings: readonly string[], rows: readonly (readonly string[])[]): Markdown => [
  line(headings),
  line(headings.map(() => '---')),
  ...rows.map(line),
];

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** A part of a page under its heading. */
export const section = (title: string, ...parts: readonly Markdown[]): Markdown => [
  `## ${title}`,
  '',
  ...parts.filter((part) => part.length > 0).flatMap((part) => [...part, '']),
];

export const code = (language: string, text: string): Markdown => [
  `\`\`\`${language}`,
  ...text.split('\n'),
  '```',
];
