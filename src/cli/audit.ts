import { parseArgs } from 'node:util';
import type { KeptExchange } from '../exchange/audit.ts';
import type { KnownSubject } from '../exchange/subject-keys.ts';
import { type ActsView, actsHelp, auditActs } from './audit-acts.ts';
import { archiveHelp } from './audit-archive.ts';
import { auditCitizen, auditLookUps, type Citizen, citizenHelp } from './audit-citizen.ts';
import { auditExplain, type Explain, explainHelp } from './audit-explain.ts';
import { keysHelp } from './audit-keys.ts';
import { verifyHelp } from './audit-verify.ts';
import { auditChanges, type Changes, changesHelp } from './configuration-changes.ts';
import { type Terminal, table, UsageError } from './output.ts';
import { utcMoment } from './utc-moment.ts';

export const auditHelp = `kruispunt audit list [--party NAME] [--code CODE] [--from MOMENT] [--to MOMENT] [--limit N] [--json]
                    the latest first; with --from also those that are in archives
kruispunt audit show EXCHANGE-ID [--json]
${explainHelp}${citizenHelp}${changesHelp}${actsHelp}${verifyHelp}${archiveHelp}${keysHelp}
What the bus recorded of each exchange. An answer names its exchange in Repliek/Context/Bericht/Afzender/Referte, a
fault in its detail, and both in the X-Kruispunt-Exchange header.
`;

export type Audit = {
  readonly exchange: (id: string) => Promise<KeptExchange | null>;
  readonly exchanges: (filter: {
    readonly party: string | null;
    readonly code: string | null;
    readonly from: Date | null;
    readonly to: Date | null;
    readonly limit: number;
  }) => Promise<readonly KeptExchange[]>;
};

type Run = (argv: readonly string[], terminal: Terminal, needs: Audit & Audience) => Promise<number>;
/** What the views of the audit need beside the exchanges themselves. */
export type Audience = Explain & Citizen & Changes & ActsView;

const views: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['explain', auditExplain],
  ['citizen', auditCitizen],
  ['lookups', auditLookUps],
  ['changes', auditChanges],
  ['acts', auditActs],
]);

/** `kruispunt audit`, with its views on what was recorded. */
export async function auditViews(
  argv: readonly string[],
  terminal: Terminal,
  needs: () => Audit & Audience,
): Promise<number> {
  const view = views.get(argv[0] ?? '');
  return view ? view(argv.slice(1), terminal, needs()) : audit(argv, terminal, needs());
}

/** `kruispunt audit list|show`: 0, or 1 when the exchange is not there. */
export async function audit(argv: readonly string[], terminal: Terminal, needs: Audit): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      party: { type: 'string' },
      code: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      limit: { type: 'string', default: '20' },
      json: { type: 'boolean' },
    },
  });
  const [verb, id] = positionals;
  if (verb === 'list') {
    if (!/^[1-9]\d{0,4}$/.test(values.limit)) throw new UsageError('--limit takes a number from 1 to 99999');
    const moment = (option: 'from' | 'to') =>
      values[option] === undefined ? null : utcMoment(`--${option}`, values[option], auditHelp);
    const found = await needs.exchanges({
      ...{ party: values.party ?? null, code: values.code ?? null, limit: Number(values.limit) },
      ...{ from: moment('from'), to: moment('to') },
    });
    terminal.print(values.json ? JSON.stringify(found, null, 2) : list(found));
    return 0;
  }
  if (verb !== 'show' || !id) throw new UsageError(auditHelp);
  const found = await needs.exchange(id);
  if (!found) {
    terminal.warn(`no exchange ${id} is in the audit`);
    return 1;
  }
  terminal.print(values.json ? JSON.stringify(found, null, 2) : show(found));
  return 0;
}

const list = (exchanges: readonly KeptExchange[]) =>
  table(
    ['received', 'exchange', 'party', 'service', 'outcome', 'code', 'ms'],
    exchanges.map((each) => [
      each.receivedAt.toISOString(),
      each.id,
      each.party ?? '-',
      each.service ? `${each.service} ${each.version}` : '-',
      each.outcome,
      each.code ?? '-',
      each.duration.toFixed(1),
    ]),
  );

const subjectText = (subject: KnownSubject) =>
  `${subject.kind} ${subject.number ?? `that cannot be read: ${subject.why}`}`;

function show(exchange: KeptExchange): string {
  const rows: readonly (readonly [string, string])[] = [
    ['exchange', exchange.id],
    ['received', `${exchange.receivedAt.toISOString()} from ${exchange.remoteAddress}`],
    ['service', exchange.service ? `${exchange.service} ${exchange.version}` : '-'],
    ['signed by', exchange.certificate ? exchange.certificate.subject : 'nobody that was verified'],
    ['party', exchange.party ?? '-'],
    ['speaks as', exchange.uri ? `${exchange.uri}, hoedanigheid ${exchange.hoedanigheid ?? 'none'}` : '-'],
    ['for official', exchange.endUser ?? '-'],
    ['reference', exchange.reference ?? '-'],
    ['about', exchange.subjects.map(subjectText).join(', ') || '-'],
    ['legal basis', exchange.legalBasis ? `${exchange.legalBasis} (grant ${exchange.grantId})` : '-'],
    ['stages', exchange.stages.map(({ stage, ms }) => `${stage} ${ms.toFixed(2)} ms`).join(' → ') || '-'],
    [
      'sources',
      exchange.sources
        .map(
          (each) =>
            `${each.step ? `${each.step} from ` : ''}${each.source}: ${each.outcome}, ${each.ms.toFixed(1)} ms`,
        )
        .join('; ') || '-',
    ],
    [exchange.code === '40006' ? 'not writable' : 'filtered out', exchange.filtered.join(', ') || '-'],
    [
      'outcome',
      `${exchange.outcome}${exchange.code ? `, level ${exchange.level}, code ${exchange.code}` : ''}`,
    ],
    ['why', exchange.reason ?? '-'],
    ['sha-256 in', exchange.digestIn],
    ['sha-256 out', exchange.digestOut],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)}${value}`).join('\n');
}
