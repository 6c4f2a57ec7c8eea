import { readFileSync } from 'node:fs';
import { readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, UsageError } from './output.ts';

export const verifyHelp = `kruispunt audit verify [--certificate FILE…] [--timestamp-authority FILE…] [--json]
kruispunt audit verify --file FILE --certificate FILE… [--timestamp-authority FILE…] [--json]
                    whether every row is as the bus wrote it, in the database and its archives or in an export: names
                    the first row of each process that was changed, removed, inserted or put elsewhere (exit 1), what
                    was destroyed at the end of its term, and what is behind the last anchor. The certificate is the
                    bus's; where it was renewed, also those before. Time-stamps on anchors are verified by the
                    certificates (PEM) of who certified the authority that made them
kruispunt audit export --from MOMENT --to MOMENT FILE
                    all rows of that time with what proves them, as a file; that you did is written down
`;

/** What was found, and how far that goes. */
export type Verdict = {
  readonly findings: readonly {
    readonly what: string;
    readonly of: string;
    readonly writer: string | null;
    readonly sequence: number | null;
    readonly id: string | null;
    readonly text: string;
  }[];
  readonly writers: number;
  readonly rows: number;
  /** Rows that were hashed with people's numbers in them, which are sealed now, and could not be opened. */
  readonly unreadable: number;
  readonly anchors: number;
  readonly lastAnchor: { readonly number: number; readonly at: Date; readonly digest: string } | null;
  readonly timestamps: {
    readonly held: number;
    readonly last: { readonly anchor: number; readonly at: Date } | null;
    readonly unread: number;
    readonly without: readonly number[];
  };
  readonly beyond: readonly {
    readonly writer: string;
    readonly rows: number;
    readonly first: { readonly sequence: number; readonly id: string };
  }[];
  readonly rowsBefore: number;
  readonly destroyed: readonly {
    readonly archive: number;
    readonly at: Date;
    readonly from: Date;
    readonly to: Date;
    readonly keptDays: number;
    readonly rows: number;
  }[];
};

export type Verify = {
  /** PEM: who certified those that stamp anchors with the time, as this machine knows it. */
  readonly timestampAuthorities: () => readonly string[];
  /** PEM: the bus's certificate as this machine knows it; null when it does not. */
  readonly ownCertificate: () => string | null;
  readonly verifyDatabase: (
    certificates: readonly string[],
    authorities?: readonly string[],
  ) => Promise<Verdict>;
  /** Without authorities (PEM, of whoever stamps anchors with the time) time-stamps are only counted. */
  readonly verifyFile: (
    path: string,
    certificates: readonly string[],
    authorities?: readonly string[],
  ) => Promise<Verdict>;
};

/** `kruispunt audit verify`: 0 when everything is as it was written, 1 when something is not. */
export async function auditVerify(
  argv: readonly string[],
  terminal: Terminal,
  needs: Verify,
): Promise<number> {
  const options = readOptions(argv, { one: ['file'], many: ['certificate', 'timestamp-authority'] });
  if (options.positionals.length > 0) throw new UsageError(verifyHelp);
  const path = options.one('file');
  const given = options.many('certificate').map((file) => readPem('--certificate', file));
  const stamping = options.many('timestamp-authority').map((file) => readPem('--timestamp-authority', file));
  const authorities = path === null ? [...needs.timestampAuthorities(), ...stamping] : stamping;
  const own = path === null ? needs.ownCertificate() : null;
  const certificates = own === null ? given : [own, ...given];
  if (certificates.length === 0)
    throw new UsageError(`--certificate: whose signature is to be believed?\n\n${verifyHelp}`);
  const verdict =
    path === null
      ? await needs.verifyDatabase(certificates, authorities)
      : await needs.verifyFile(path, certificates, authorities);
  terminal.print(options.json ? JSON.stringify(told(verdict), null, 2) : inWords(verdict));
  return verdict.findings.length === 0 ? 0 : 1;
}

export function readPem(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FailedError(`${option}: ${file} cannot be read`, { cause });
  }
}

/** Without the rows themselves. */
const told = (verdict: Verdict) => ({
  ...verdict,
  beyond: verdict.beyond.map(({ first, ...each }) => ({ ...each, sequence: first.sequence, id: first.id })),
});

function inWords(verdict: Verdict): string {
  const { findings, writers, rows, unreadable, anchors, lastAnchor, beyond, rowsBefore, destroyed } = verdict;
  const looked = `${rows} rows of ${writers} processes, ${anchors} anchors`;
  const last = lastAnchor
    ? `the last anchor is ${lastAnchor.number}, of ${lastAnchor.at.toISOString()}, SHA-256 ${lastAnchor.digest}`
    : 'there is no anchor: nothing is signed, and so nothing is proven';
  const wrong = findings.map(
    ({ what, of, writer, id, text }) =>
      `${what.toUpperCase()}  ${of !== 'row' ? text : `${writer ? `process ${writer}: ` : ''}${text}${id ? `; exchange ${id}` : ''}`}`,
  );
  const whole = lastAnchor ? ['every row up to the last anchor is as it was written'] : [];
  const behind = beyond.map(
    ({ writer, rows: count, first }) =>
      `  process ${writer}: ${count} from row ${first.sequence} on; exchange ${first.id}`,
  );
  return [
    looked,
    last,
    ...stampsText(verdict),
    ...(findings.length > 0 ? wrong : whole),
    ...(behind.length > 0
      ? ['behind the last anchor, linked to each other, and not signed yet:', ...behind]
      : []),
    ...destroyed.map(
      ({ archive, at, from, to, rows: count, keptDays }) =>
        `destroyed on ${at.toISOString()}, ${keptDays} days after the last of them: ${count} rows of ` +
        `${from.toISOString()} to ${to.toISOString()} (archive ${archive})`,
    ),
    ...(unreadable > 0
      ? [
          `${unreadable} rows were hashed with the numbers of people, before these were sealed: without the keys ` +
            '(KRUISPUNT_AUDIT_KEYS) only their places were looked at',
        ]
      : []),
    ...(rowsBefore > 0
      ? [
          `${rowsBefore} rows are from before there was a chain: nothing is said of them but how many they are`,
        ]
      : []),
  ].join('\n');
}

/** Nothing where no anchor was ever stamped. */
function stampsText({ timestamps: { held, last, unread, without } }: Verdict): readonly string[] {
  if (held + unread === 0) return [];
  const lacking = without.length === 0 ? '' : `; none on anchor ${ranges(without)}`;
  const unlooked =
    unread === 0
      ? []
      : [`${unread} time-stamps were not looked at: --timestamp-authority says whose word counts`];
  const told = last
    ? [
        `${held} anchors are time-stamped, the last of them, ${last.anchor}, at ${last.at.toISOString()}${lacking}`,
      ]
    : [];
  return [...told, ...unlooked];
}

/** Numbers in their order, those that follow each other from one to another. */
function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}
