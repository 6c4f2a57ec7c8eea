import type { ActFilter, ActRecord } from '../exchange/act.ts';
import { readOptions } from './configuration-options.ts';
import { type Terminal, table, UsageError } from './output.ts';

export const actsHelp = `kruispunt audit acts [--who NAME] [--verb 'VERB SUB-VERB'] [--limit N] [--json]
                    every run of a verb that changes something or shows what is kept about persons: by whom, on which
                    machine, with what, and what came of it, latest first
`;

export type ActsView = { readonly acts: (filter: ActFilter) => Promise<readonly ActRecord[]> };

/** `kruispunt audit acts`. */
export async function auditActs(
  argv: readonly string[],
  terminal: Terminal,
  { acts }: ActsView,
): Promise<number> {
  const options = readOptions(argv, { one: ['who', 'verb', 'limit'] });
  const limit = options.one('limit') ?? '20';
  if (options.positionals.length > 0) throw new UsageError(actsHelp);
  if (!/^[1-9]\d{0,3}$/.test(limit)) throw new UsageError('--limit takes a number from 1 to 9999');
  const found = await acts({ who: options.one('who'), verb: options.one('verb'), limit: Number(limit) });
  if (options.json) {
    terminal.print(JSON.stringify(found, null, 2));
    return 0;
  }
  const rows = found.map((act) => [
    act.at.toISOString(),
    act.behind === null ? act.who : `${act.who} (sudo by ${act.behind})`,
    act.host,
    act.outcome ?? 'not ended',
    [act.verb, ...act.given.map(quoted), ...(act.reason === null ? [] : [`— ${firstLine(act.reason)}`])].join(
      ' ',
    ),
  ]);
  terminal.print(table(['when', 'who', 'where', 'outcome', 'what'], rows));
  return 0;
}

const quoted = (text: string) => (/^[\w@%+=:,./<>-]+$/.test(text) ? text : JSON.stringify(text));
const firstLine = (text: string) => text.split('\n')[0] ?? '';
