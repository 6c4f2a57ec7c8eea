import type { Archive as Kept } from '../exchange/audit-archive.ts';
import { readPem } from './audit-verify.ts';
import { numberIn, readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';

export const archiveHelp = `kruispunt audit archive list [--json]
                    the archives: what is in them, and what was destroyed at the end of its term
kruispunt audit archive run [--json]
                    makes and destroys now what is due, without waiting for a whole day's rows
kruispunt audit archive verify [NUMBER] [--certificate FILE…] [--json]
                    opens each archive, or one, and reads all of it: whether it is the file that was made, with its rows
                    as they were written (exit 1 when not)
`;

type Archive = Omit<Kept, 'throughAnchor' | 'statement' | 'goneAt'>;

type Made = Pick<Archive, 'number' | 'from' | 'to' | 'rows' | 'size'>;

export type Archives = {
  readonly archives: () => Promise<readonly Archive[]>;
  readonly run: () => Promise<{ readonly made: readonly Made[]; readonly destroyed: readonly Made[] }>;
  /** What is wrong with an archive, in words. */
  readonly verify: (number: number, certificates: readonly string[]) => Promise<readonly string[]>;
  /** PEM: the bus's certificate as this machine knows it; null when it does not. */
  readonly ownCertificate: () => string | null;
};

/** `kruispunt audit archive`. */
export async function auditArchive(
  [verb, ...argv]: readonly string[],
  terminal: Terminal,
  needs: Archives,
): Promise<number> {
  if (verb === 'list') return list(argv, terminal, needs);
  if (verb === 'run') return run(argv, terminal, needs);
  if (verb === 'verify') return verify(argv, terminal, needs);
  throw new UsageError(archiveHelp);
}

function nothingBeside(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(archiveHelp);
}

async function list(argv: readonly string[], terminal: Terminal, { archives }: Archives) {
  const { positionals, json } = readOptions(argv, {});
  nothingBeside(positionals);
  const found = await archives();
  const headings = ['archive', 'from', 'to', 'rows', 'bytes', 'key', 'state'];
  const rows = found.map((each) => [...described(each), String(each.size), each.key, stateOf(each)]);
  // The statement of a destruction is long, and for programs that verify.
  terminal.print(json ? JSON.stringify(found, null, 2) : table(headings, rows));
  return 0;
}

const described = ({ number, from, to, rows }: Made) => [
  ...[String(number), from.toISOString(), to.toISOString()],
  String(rows),
];

function stateOf({ clearedAt, destroyedAt, findings }: Archive): string {
  if (destroyedAt !== null) return `destroyed on ${destroyedAt.toISOString()}`;
  if (clearedAt === null) return 'its rows are leaving the database';
  return findings === 0 ? 'kept' : `kept; not all of it was as it was written (${findings})`;
}

async function run(argv: readonly string[], terminal: Terminal, needs: Archives) {
  const { positionals, json } = readOptions(argv, {});
  nothingBeside(positionals);
  const { made, destroyed } = await needs.run();
  if (json) terminal.print(JSON.stringify({ made, destroyed }, null, 2));
  else if (made.length + destroyed.length === 0) terminal.print('nothing is due');
  for (const each of json ? [] : made) terminal.print(`made ${inWords(each)}: ${each.size} bytes`);
  for (const each of json ? [] : destroyed) terminal.print(`destroyed ${inWords(each)}`);
  return 0;
}

const inWords = ({ number, from, to, rows }: Made) =>
  `archive ${number}, ${rows} rows of ${from.toISOString()} to ${to.toISOString()}`;

async function verify(argv: readonly string[], terminal: Terminal, needs: Archives) {
  const options = readOptions(argv, { many: ['certificate'] });
  const [name, ...rest] = options.positionals;
  nothingBeside(rest);
  const wanted = name === undefined ? null : numberIn(name, archiveHelp);
  const own = needs.ownCertificate();
  const certificates = [
    ...(own === null ? [] : [own]),
    ...options.many('certificate').map((file) => readPem('--certificate', file)),
  ];
  if (certificates.length === 0)
    throw new UsageError(`--certificate: whose signature is to be believed?\n\n${archiveHelp}`);
  const all = (await needs.archives()).filter(({ number }) => wanted === null || number === wanted);
  if (wanted !== null && all.length === 0) throw new FailedError(`there is no archive ${wanted}`);
  const kept = all.filter(({ destroyedAt }) => destroyedAt === null);
  const told: { readonly archive: number; readonly wrong: readonly string[] }[] = [];
  for (const { number } of kept)
    told.push({ archive: number, wrong: await needs.verify(number, certificates) });
  if (options.json) terminal.print(JSON.stringify(told, null, 2));
  else
    terminal.print(
      told.length === 0
        ? 'there is no archive to verify'
        : told
            .map(
              ({ archive, wrong }) =>
                `archive ${archive}: ${wrong.length === 0 ? 'whole' : wrong.join('; ')}`,
            )
            .join('\n'),
    );
  return told.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
}
