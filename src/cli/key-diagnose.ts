import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AnswerState } from '../wss/answer-state.ts';
import type { Explanation, Finding, Link } from '../wss/chain-link.ts';
import type { Step } from '../wss/chain-path.ts';
import type { OcspQuestion } from '../wss/ocsp-question.ts';
import { pemCertificates } from '../wss/pem.ts';
import type { ListState } from '../wss/revocation-state.ts';
import type { Desk, PartyImage } from './configuration-image.ts';
import { onlyName, readOptions } from './configuration-options.ts';
import { FailedError, UsageError } from './output.ts';

/** The bus's own judgement, of the files as they are now. */
export type Judging = {
  readonly explain: (chain: readonly Uint8Array[], at: Date) => Explanation;
  readonly lists: (at: Date) => readonly ListState[];
  readonly authorities: () => readonly Step[];
  readonly answers: (at: Date) => readonly AnswerState[];
  /** Asks responders, as the bus does at a message; what they say is explained afterwards. */
  readonly learn: (questions: readonly OcspQuestion[]) => Promise<void>;
};

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** `kruispunt key diagnose`: what the bus makes of a certificate, by the code that decides on messages. */
export async function diagnose(
  argv: readonly string[],
  desk: Desk,
  judging: () => Judging,
  usage: string,
): Promise<number> {
  const options = readOptions(argv, { one: ['chain', 'at'] });
  const file = onlyName(options, usage);
  const chainFile = options.one('chain');
  const at = momentIn(options.one('at'), desk, usage);
  const chain = [...certificatesIn(file), ...(chainFile === null ? [] : certificatesIn(chainFile))];
  const { explain, lists, answers, learn } = judging();
  await learn(explain(chain, at).questions);
  const { links, fault } = explain(chain, at);
  const subject = links[0]?.certificate.subject ?? '';
  const { parties } = await desk.image('none');
  const party = parties.find(({ certificates }) => certificates.includes(subject)) ?? null;
  const accepted = fault === null && party !== null;
  if (options.json) {
    const { name, cbeNumber, profile, profileUntil } = party ?? {};
    const told = party && { name, cbeNumber, profile, profileUntil };
    const judged = { at, accepted, fault, party: told, links, lists: lists(at), answers: answers(at) };
    desk.terminal.print(JSON.stringify(judged, null, 2));
  } else {
    for (const [index, link] of links.entries()) desk.terminal.print(linkText(link, index, links.length));
    desk.terminal.print(partyText(party, subject, at));
    desk.terminal.print(`\n${verdictText(fault, party, at)}`);
  }
  return accepted ? 0 : 1;
}

function momentIn(given: string | null, { clock }: Desk, usage: string): Date {
  if (given === null) return clock.now();
  const moment = new Date(given);
  if (!MOMENT.test(given) || Number.isNaN(moment.getTime()))
    throw new UsageError(`--at ${given}: expected a moment such as 2026-03-02T10:00:00Z\n\n${usage}`);
  return moment;
}

/** PEM, with as many as there are, or DER. */
export function certificatesIn(file: string): readonly Buffer[] {
  try {
    const bytes = readFileSync(file);
    const found = pemCertificates(bytes.toString('latin1'));
    return (found.length > 0 ? found : [bytes]).map((each) => new X509Certificate(each).raw);
  } catch (cause) {
    throw new FailedError(`${file}: no certificate can be read there (PEM or DER)`, { cause });
  }
}

const MARK = { good: 'good', bad: 'BAD ', open: 'open' } as const;

function linkText({ certificate, file, findings }: Link, index: number, total: number): string {
  const lines = [
    `certificate ${index + 1} of ${total}: ${certificate.subject}`,
    `  ${file === null ? 'as it was given' : `in ${file}`}; serial ${certificate.serialNumber}, SHA-256 ${certificate.fingerprint}`,
    ...findings.flatMap(findingLines),
  ];
  return `${lines.join('\n')}\n`;
}

function findingLines({ field, verdict, says, mend }: Finding): readonly string[] {
  const line = `  ${MARK[verdict]}  ${field.padEnd(18)}  ${says}`;
  return mend === null ? [line] : [line, `${' '.repeat(28)}to mend it: ${mend}`];
}

function partyText(party: PartyImage | null, subject: string, at: Date): string {
  if (party === null)
    return (
      `BAD   registered to no party: ${subject}\n` +
      "      to mend it: npx kruispunt key add PARTY --certificate '<this subject, or the file>'"
    );
  const { name, cbeNumber, profile, profileUntil } = party;
  const since = profileUntil && profileUntil <= at ? 'ended' : 'lasts until';
  const end = profileUntil === null ? '' : `, which ${since} ${profileUntil.toISOString()}`;
  return `good  registered to ${name} (${cbeNumber}), signature profile ${profile}${end}`;
}

function verdictText(fault: string | null, party: PartyImage | null, at: Date): string {
  const when = `at ${at.toISOString()}`;
  if (fault !== null) return `NOT relied on ${when}: ${fault}`;
  if (party === null) return `NOT accepted ${when}: the chain is relied on, but the subject is nobody's`;
  return `relied on ${when}, as ${party.name}`;
}
