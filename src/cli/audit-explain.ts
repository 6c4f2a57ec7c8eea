import { dialectOf } from '../dialect/dialect.ts';
import type { KeptExchange } from '../exchange/audit.ts';
import type { Clock } from '../exchange/clock.ts';
import { routeOf } from '../exchange/inquiry.ts';
import { refusals } from '../exchange/refusal.ts';
import type { Service } from '../exchange/service.ts';
import { readable } from '../exchange/subject-keys.ts';
import { findingsOf } from './audit-explain-findings.ts';
import type { Findings } from './audit-explain-scene.ts';
import { rules, stageOfCode, stageWordsOf } from './audit-explain-stages.ts';
import type { Present, Registrations } from './configuration-image.ts';
import { onlyName, readOptions } from './configuration-options.ts';
import { FailedError, type Terminal } from './output.ts';

export const explainHelp = `kruispunt audit explain EXCHANGE-ID [--json]
                    the decision, stage by stage: which stage decided, by which rule and value, and what would
                    have let it pass; looked at with the configuration as it is now
`;

export type Explain = {
  readonly exchange: (id: string) => Promise<KeptExchange | null>;
  readonly image: (registrations: Registrations) => Promise<Present>;
  readonly services: readonly Service[];
  readonly clock: Clock;
};

export type Explanation = Findings & {
  readonly exchange: string;
  readonly received: Date;
  readonly outcome: KeptExchange['outcome'];
  readonly stages: readonly {
    readonly stage: string;
    readonly does: string;
    readonly verdict: 'passed' | 'decided' | 'not reached';
    readonly ms: number | null;
  }[];
  readonly decidedBy: string | null;
  readonly code: string | null;
  /** What the sender was told; null when it was answered. */
  readonly told: string | null;
  readonly rule: string | null;
  readonly reason: string | null;
  /** What mends it, in words. */
  readonly mend: string | null;
};

/** `kruispunt audit explain`. */
export async function auditExplain(
  argv: readonly string[],
  terminal: Terminal,
  needs: Explain,
): Promise<number> {
  const options = readOptions(argv, {});
  const id = onlyName(options, explainHelp);
  const exchange = await needs.exchange(id);
  if (!exchange) throw new FailedError(`no exchange ${id} is in the audit`);
  const told = await explain(exchange, needs);
  terminal.print(options.json ? JSON.stringify(told, null, 2) : inWords(told, exchange));
  return 0;
}

export async function explain(
  exchange: KeptExchange,
  needs: Omit<Explain, 'exchange'>,
): Promise<Explanation> {
  const subject = readable(exchange.subjects[0]);
  const image = await needs.image(subject ? { number: subject.number } : 'none');
  const decidedBy = decider(exchange);
  const { code } = exchange;
  const row = code === null ? null : (Object.entries(refusals).find(([name]) => name === code)?.[1] ?? null);
  const known = ruleOf(code, decidedBy);
  return {
    exchange: exchange.id,
    received: exchange.receivedAt,
    outcome: exchange.outcome,
    stages: stagesOf(exchange, decidedBy),
    decidedBy,
    code,
    told:
      row === null
        ? null
        : `level ${row.level}, ${wordOf(row.number, exchange, needs.services)}: ${row.text}`,
    rule: known?.rule ?? null,
    reason: exchange.reason,
    mend: known?.mend ?? (code === null ? null : 'docs/refusals.md says what mends this code'),
    ...findingsOf({ exchange, image, services: needs.services, now: needs.clock.now() }),
  };
}

function ruleOf(code: string | null, decidedBy: string | null) {
  const names = [`${code} ${decidedBy}`, `${code}`];
  const name = names.find((each) => Object.hasOwn(rules, each));
  return name === undefined ? undefined : rules[name];
}

/** What a number is called where the sender reads it: in some contracts it has another name. */
function wordOf(number: string, { service, version }: KeptExchange, services: readonly Service[]): string {
  const asked = services.find(({ rules }) => rules.name === service && rules.version === version);
  return asked ? dialectOf(asked.rules).codeOf(number) : number;
}

function decider(exchange: KeptExchange): string | null {
  const { outcome, code, stages } = exchange;
  if (outcome === 'answered' || code === null) return null;
  const order = [...stageWordsOf(exchange).keys()];
  const last = stages.at(-1)?.stage;
  if (last === order.at(-1)) return 'answer'; // the source's refusal travels on to the reply
  const position = last === undefined ? -1 : order.indexOf(last);
  const next = last !== undefined && position < 0 ? undefined : order[position + 1];
  return next ?? stageOfCode[code] ?? null;
}

function stagesOf(exchange: KeptExchange, decidedBy: string | null): Explanation['stages'] {
  const { stages } = exchange;
  const stageWords = stageWordsOf(exchange);
  const passed = stages.map(({ stage, ms }) => ({
    ...{ stage, ms, does: stageWords.get(stage) ?? '' },
    verdict: stage === decidedBy ? ('decided' as const) : ('passed' as const),
  }));
  const others = [...stageWords]
    .filter(([stage]) => !stages.some((each) => each.stage === stage))
    .map(([stage, does]) => ({
      ...{ stage, does, ms: null },
      verdict: stage === decidedBy ? ('decided' as const) : ('not reached' as const),
    }));
  return [...passed, ...others];
}

/** What came of each step of an orchestration, or of each of several sources; nothing for what one source answered. */
function sourceLines({ sources }: KeptExchange): readonly string[] {
  const [first] = sources;
  if (!first || (sources.length === 1 && first.step === undefined)) return [];
  const told = sources.flatMap(({ step, source, outcome, ms, reason, hidden }) => [
    `  ${step === undefined ? '' : `${step} from `}${source}: ${outcome}, ${ms.toFixed(2)} ms`,
    ...(reason === undefined ? [] : [`    ${reason}`]),
    ...(hidden === undefined ? [] : [`    its grant does not show ${hidden.join(', ')}`]),
  ]);
  return ['', first.step === undefined ? 'sources:' : 'steps:', ...told];
}

function inWordsOfRoute({ remoteAddress }: KeptExchange): string {
  const route = routeOf(remoteAddress);
  if (route === null) return '';
  return route.by === 'snapshot'
    ? `, for its snapshot with voucher ${route.voucherId}`
    : `, by a file with voucher ${route.voucherId}`;
}

function inWords(told: Explanation, exchange: KeptExchange): string {
  const width = Math.max(...told.stages.map(({ stage }) => stage.length)) + 2;
  const mark = { passed: 'passed', decided: 'DECIDED', 'not reached': '-' };
  const lines = [
    `exchange ${told.exchange}, ${told.received.toISOString()}, ${told.outcome}`,
    `${exchange.service ?? 'no service'} ${exchange.version ?? ''}, asked by ${exchange.party ?? 'nobody that was verified'}${inWordsOfRoute(exchange)}`,
    '',
    ...told.stages.map(
      ({ stage, does, verdict, ms }) =>
        `${stage.padEnd(width)}${mark[verdict].padEnd(9)}${(ms === null ? '' : `${ms.toFixed(2)} ms`).padStart(11)}  ${does}`,
    ),
  ];
  lines.push(...sourceLines(exchange));
  if (told.code === null) return [...lines, '', 'nothing stood in the way'].join('\n');
  lines.push(
    '',
    `code     ${told.code}${told.told === null ? '' : ` (the sender was told ${told.told})`}`,
    ...(told.rule === null ? [] : [`rule     ${told.rule}`]),
    `value    ${told.reason ?? 'not recorded'}`,
  );
  if (told.considered.length > 0) lines.push('', 'looked at, as it is configured now:');
  for (const { what, because } of told.considered) {
    lines.push(
      `  ${what}`,
      ...(because.length === 0 ? ['    would do'] : because.map((each) => `    ${each}`)),
    );
  }
  lines.push('', `to let it pass: ${told.mend ?? ''}`, ...told.remedies.map((each) => `  ${each}`));
  if (told.passesNow !== null)
    lines.push(
      '',
      told.passesNow
        ? 'with the configuration as it is now this check passes'
        : 'it would be refused now as well',
    );
  return lines.join('\n');
}
