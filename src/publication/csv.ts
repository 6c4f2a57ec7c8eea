import { at } from '../dialect/magda-names.ts';
import type { Element } from '../exchange/element.ts';

const DAY = 'Inhoud/Metadata/Datum';

/**
 * One record as a line: the day of the change, then the columns; every value in double quotes, between semicolons,
 * without a head, the lines as RFC 4180 ends them. What is not there, or not shown, is an empty value.
 */
export const csvLine = (record: Element, columns: readonly string[]): string =>
  `${[DAY, ...columns].map((path) => quoted(at(record, path)?.text ?? '')).join(';')}\r\n`;

const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
