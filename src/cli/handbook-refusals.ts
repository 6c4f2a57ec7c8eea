import { dialectOf } from '../dialect/dialect.ts';
import { reasonOf, statusOf } from '../dialect/ksz-status.ts';
import { Refusal, type RefusalCode, refusals } from '../exchange/refusal.ts';
import type { Rules } from '../exchange/service.ts';
import { cell, type Markdown, tableOf } from './markdown.ts';

type Reason = readonly [code: RefusalCode, when: string];

/** What the bus itself decides of any message, before it is known what it asks. */
const ALWAYS: readonly Reason[] = [
  ['404', 'there is no endpoint at the path'],
  ['413', 'the message is larger than the bus reads'],
  ['415', 'the Content-Type is neither text/xml nor application/soap+xml, or the message is compressed'],
  ['10001', 'the message is not well-formed, not valid against the contract, or for another service'],
  ['VersionMismatch', 'the envelope is of neither SOAP version'],
  ['MustUnderstand', 'a header block must be understood that is not WS-Security'],
  ['ERR_025', 'the signature is missing, does not hold or is not of a known party'],
  ['internal', 'the bus itself failed, or could not record the exchange'],
  [
    '13001',
    'the signer may not speak for the sender, has no grant for this service today, or came on the connection of another or from none of its networks',
  ],
];

const SOURCE: readonly Reason[] = [
  ['30001', 'the source knows nothing that answers the question'],
  ['60006', 'the source gave no answer'],
  ['60007', "the source's answer cannot be used: unreadable, not valid, too large or about something else"],
  ['60009', 'the call to the source failed otherwise, or what is left of the answer is not valid'],
  ['60011', 'no source is configured for the question'],
  ['60013', 'the source does not let the bus in'],
  ['99994', 'the source refused, or answered with a fault'],
  ['99996', 'the source was too slow or is overloaded'],
  ['99997', 'the source cannot be reached'],
];

/**
 * What a service that code answers refuses by itself, and when, by the name in `answer.by`; null when that asks sources
 * and has no refusals of its own.
 */
export type CodesOf = (code: string) => readonly Reason[] | null;

/** Every refusal that a service can give, as its contract carries it, and when it is given. */
export function refusalTable(rules: Rules, codesOf: CodesOf): Markdown {
  const reasons = new Map<RefusalCode, string>();
  for (const [code, when] of reasonsOf(rules, codesOf)) {
    const earlier = reasons.get(code);
    if (earlier === undefined) reasons.set(code, when);
    else if (!earlier.includes(when)) reasons.set(code, `${earlier}; or ${when}`);
  }
  const rows = [...reasons].map(([code, when]) => {
    const refusal = new Refusal(code, '');
    return [`\`${code}\``, carriedAs(rules, refusal), cell(when), cell(refusals[code].text)];
  });
  return tableOf(['Code', 'Told as', 'When', 'Text'], rows);
}

function reasonsOf(rules: Rules, codesOf: CodesOf): readonly Reason[] {
  const { subject, language, controls, codes, sources, code } = rules;
  const own = code === null ? null : codesOf(code);
  const found: Reason[] = [...ALWAYS, ['99995', 'the party asks more often than was agreed']];
  if (language) found.push(['25001', 'the question asks for another language']);
  if (subject) {
    found.push([subject.kind === 'person' ? '20002' : '20007', 'the check digits do not fit the number']);
    const demanded = controls.registration ? '' : ', where its grant demands one';
    found.push(['40003', `the party has no registration of the subject today${demanded}`]);
  }
  if (!subject) found.push(['40003', 'its grant demands a registration, and the question names nobody']);
  if (controls.population) {
    const who = subject ? 'the subject is not in it' : 'the question names nobody';
    found.push(['40005', `the grant is limited to a target population, and ${who}`]);
  }
  if (controls.period) found.push(...periodReasons(rules));
  found.push(...(own ?? []));
  if (sources !== null || own === null) found.push(...SOURCE);
  if (codes.some((rule) => rule.in === 'question'))
    found.push(['99982', 'a code in the question is not in the table of the source']);
  if (codes.some((rule) => rule.in === 'answer')) {
    found.push(['99983', 'a code that would be shown is not in the table of the source']);
    found.push(['99984', 'a code has no description in the table (beside the answer)']);
  }
  if (codes.some((rule) => rule.in === 'error'))
    found.push(['99986', 'the source gave an error that is not in the table of its errors']);
  return [...found, ['15021', 'nothing that the grant shows is in the answer']];
}

function periodReasons({ controls: { period } }: Rules): readonly Reason[] {
  if (period === null) return [];
  const between: readonly Reason[] =
    'on' in period.paths
      ? []
      : [
          ['20003', 'the period begins after it ends'],
          ['20004', 'a period is there and names no day'],
        ];
  const cut = period.outside === 'clip' ? ', or beside the answer when they were cut to those that may' : '';
  return [
    ['20001', 'a day is not in the calendar'],
    ...between,
    ['20006', 'the days asked about begin in the future'],
    ['40004', `the days asked about may not all be consulted${cut}`],
  ];
}

/** Where the sender finds it, in this family of contracts. */
function carriedAs(rules: Rules, refusal: Refusal): string {
  const { number, level } = refusal.row;
  const http = 'http' in refusal.row && refusal.row.http !== undefined ? `, HTTP ${refusal.row.http}` : '';
  const status = rules.dialect === 'ksz' ? statusOf(number) : null;
  if (level > 1 && status) return `status ${status.value} ${status.code}`;
  if (rules.dialect === 'ksz') return `fault ${number}, reasonCode ${reasonOf(refusal.code, number)}${http}`;
  if (level === 1 || !dialectOf(rules).repliesTo(refusal)) return `fault ${number}${http}`;
  return `${number} in ${level === 2 ? 'Repliek' : 'Antwoord'}/Uitzonderingen`;
}
