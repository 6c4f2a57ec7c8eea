import { parseArgs } from 'node:util';
import { FailedError, type Terminal, UsageError } from './output.ts';

export const migrateHelp = `kruispunt migrate
kruispunt migrate --copy-from sqlite:PATH

Brings the tables of the configured database up to this version. \`serve\` does the same when it starts.

  --copy-from   fills the configured database, an empty one on a server, with all that is in this embedded one.
                Stop the bus first. Nothing is changed in the embedded database. When the copy is cut off, no bus
                starts on what is there of it; the same command begins anew. The files that the bus keeps below
                KRUISPUNT_VAR are not in the database: copy that folder too.
`;

type Progress = { readonly table: string; readonly copied: number; readonly rows: number };

export type MigrateNeeds = {
  readonly terminal: Terminal;
  readonly databaseUrl: string;
  readonly bringUpToDate: () => Promise<void>;
  readonly copy: (
    path: string,
    url: URL,
    progress: (progress: Progress) => void,
  ) => Promise<readonly { readonly table: string; readonly rows: number }[]>;
};

/** Rows after which a copy says how far it is. */
const STEP = 50_000;

/** `kruispunt migrate`. */
export async function migrate(argv: readonly string[], needs: MigrateNeeds): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: { 'copy-from': { type: 'string' } } });
  const from = values['copy-from'];
  if (from !== undefined) return copyFrom(from, needs);
  await needs.bringUpToDate();
  needs.terminal.print('the database is at this version');
  return 0;
}

async function copyFrom(from: string, { terminal, databaseUrl, copy }: MigrateNeeds): Promise<number> {
  const path = /^sqlite:(.+)$/.exec(from)?.[1];
  if (path === undefined) throw new UsageError(`--copy-from takes sqlite:<path>\n\n${migrateHelp}`);
  const url = URL.parse(databaseUrl);
  if (url?.protocol !== 'mysql:')
    throw new UsageError(
      'KRUISPUNT_DATABASE_URL must say where to copy to: mysql://user:password@host:port/database',
    );
  const tell = steps(terminal);
  try {
    const copied = await copy(path, url, tell);
    const rows = copied.reduce((sum, table) => sum + table.rows, 0);
    terminal.print(`copied ${rows} rows of ${copied.length} tables, and counted them; the copy is whole`);
    return 0;
  } catch (cause) {
    throw new FailedError(`not copied: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function steps({ warn }: Terminal): (progress: Progress) => void {
  let told = 0;
  return ({ table, copied, rows }) => {
    if (copied === 0) told = 0;
    if (copied !== rows && copied - told < STEP) return;
    if (copied === 0 && rows > 0) return;
    told = copied;
    warn(`${table}: ${copied} of ${rows}`);
  };
}
