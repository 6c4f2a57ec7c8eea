import { readOptions } from './configuration-options.ts';
import { type Terminal, table, UsageError } from './output.ts';

export const changesHelp = `kruispunt audit changes [--kind party|grant|source|codes|subscription|registration|population|reference|pickup|publication|batch|audit|waiting|rule] [--name NAME] [--limit N] [--json]
                    who changed what of the configuration and when, before and after, latest first
`;

type ChangeRecord = {
  readonly id: number;
  readonly at: Date;
  readonly who: string;
  readonly kind: string;
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
};

export type Changes = {
  readonly changes: (filter: {
    readonly kind: string | null;
    readonly name: string | null;
    readonly limit: number;
  }) => Promise<readonly ChangeRecord[]>;
};

/** `kruispunt audit changes`. */
export async function auditChanges(
  argv: readonly string[],
  terminal: Terminal,
  { changes }: Changes,
): Promise<number> {
  const options = readOptions(argv, { one: ['kind', 'name', 'limit'] });
  const limit = options.one('limit') ?? '20';
  if (options.positionals.length > 0) throw new UsageError(changesHelp);
  if (!/^[1-9]\d{0,4}$/.test(limit)) throw new UsageError('--limit takes a number from 1 to 99999');
  const filter = { kind: options.one('kind'), name: options.one('name'), limit: Number(limit) };
  const found = await changes(filter);
  if (options.json) terminal.print(JSON.stringify(found, null, 2));
  else
    terminal.print(
      table(
        ['when', 'who', 'what', 'change'],
        found.map((each) => [
          each.at.toISOString(),
          each.who,
          `${each.kind} ${each.name}`,
          changeText(each.before, each.after),
        ]),
      ),
    );
  return 0;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function changeText(before: unknown, after: unknown): string {
  if (!isRecord(before)) return 'added';
  if (!isRecord(after)) return 'removed';
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .map((key) => [key, JSON.stringify(before[key]), JSON.stringify(after[key])] as const)
    .filter(([, was, is]) => was !== is)
    .map(([key, was, is]) => `${key}: ${was} → ${is}`)
    .join('; ');
}
