import type { PublicationFile } from '../exchange/subscription.ts';
import { plain } from '../xml/names.ts';
import { attribute, element } from '../xml/write.ts';
import { htmlPage } from './page.ts';

const pathOf = (name: string) => `/publicaties/${encodeURIComponent(name)}`;

/** What lies ready for one party, for a program. */
export const listJson = (files: readonly PublicationFile[]) => ({
  files: files.map((file) => ({
    name: file.name,
    publication: file.publication,
    version: file.version,
    sequence: file.sequence,
    cutOff: file.cutOff.toISOString(),
    format: file.format,
    records: file.records,
    size: file.size,
    sha256: file.sha256,
    state: file.state,
    expiresAt: file.expiresAt.toISOString(),
    file: pathOf(file.name),
    voucher: `${pathOf(file.name)}/voucher`,
    acknowledge: `${pathOf(file.name)}/ontvangst`,
  })),
});

/** The same for who looks with a browser. */
export function listPage(files: readonly PublicationFile[]): string {
  const cell = (content: string) => element(plain('td'), content);
  const link = (href: string, text: string) =>
    element(plain('td'), [element(plain('a'), text, [attribute(plain('href'), href)])]);
  const headings = ['file', 'voucher', 'sequence', 'records', 'bytes', 'state', 'until'];
  const rows = files.map((file) =>
    element(plain('tr'), [
      link(pathOf(file.name), file.name),
      link(`${pathOf(file.name)}/voucher`, 'voucher'),
      ...[String(file.sequence), String(file.records ?? ''), String(file.size ?? ''), file.state].map(cell),
      cell(file.expiresAt.toISOString().slice(0, 10)),
    ]),
  );
  const heading = element(
    plain('tr'),
    headings.map((text) => element(plain('th'), text)),
  );
  return htmlPage('Publicaties', element(plain('table'), [heading, ...rows]));
}
