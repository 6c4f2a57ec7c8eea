import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CheckReport } from '../contract/check-folder.ts';
import { isError } from '../contract/problem.ts';
import { type Terminal, table } from './output.ts';

export const checkHelp = `kruispunt check [--dir FOLDER] [--json]

Loads every WSDL, its schemas and the service.yaml beside it, and every publication.yaml with its schema, offline, and
says per operation and publication what was understood and per problem in which file and line, and how to mend it.

  --dir FOLDER   any folder with WSDLs, instead of the configured ones
  --json         the same as data
`;

type Needs = {
  readonly terminal: Terminal;
  readonly folders: readonly string[];
  readonly check: (folder: string) => Promise<CheckReport>;
};

/** `kruispunt check`: 0 when every contract can be served, else 1. */
export async function check(argv: readonly string[], { terminal, folders, check }: Needs): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { dir: { type: 'string' }, json: { type: 'boolean' } },
  });
  const reports = await Promise.all((values.dir ? [resolve(values.dir)] : folders).map(check));
  const report = {
    operations: reports.flatMap(({ operations }) => operations),
    publications: reports.flatMap(({ publications }) => publications),
    problems: reports.flatMap(({ problems }) => problems),
  };
  const errors = report.problems.filter(isError);
  if (values.json) terminal.print(JSON.stringify(report, null, 2));
  else print(terminal, report);
  return errors.length > 0 ? 1 : 0;
}

function print(terminal: Terminal, { operations, publications, problems }: CheckReport): void {
  const rows = operations.map((operation) => [
    operation.service,
    operation.version ?? '-',
    operation.operation,
    operation.soap.join(' '),
    operation.path ?? '-',
    operation.verdict,
  ]);
  terminal.print(table(['service', 'version', 'operation', 'SOAP', 'endpoint', 'verdict'], rows));
  if (publications.length > 0) {
    const files = publications.map(({ publication, version, kind, asks, element, payload, formats }) => [
      publication,
      version,
      asks === null ? kind : `${kind} of ${asks}`,
      formats.join(' '),
      payload,
      element,
    ]);
    terminal.print(`\n${table(['publication', 'version', 'kind', 'files', 'payload', 'element'], files)}`);
  }
  for (const { severity, file, line, message } of problems) {
    terminal.print(`${severity}: ${file}:${line}: ${message}`);
  }
}
