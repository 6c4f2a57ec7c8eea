import { readCorpus } from './corpus.ts';
import { keepFinding } from './findings.ts';
import { type ForeignJudge, startForeignJudge } from './foreign-judge.ts';
import { judgeBy, type Verdict } from './judge.ts';
import { type Mutant, makeInsider, minimised, mutantOf } from './mutants.ts';
import { oracleOf } from './oracle.ts';
import { ruleOf } from './stricter.ts';

export type Order = {
  readonly seed: number;
  readonly messages: number;
  /** Of the messages that are refused, others judge one in so many; of those that are accepted, each. 0: none at all. */
  readonly foreignOf: number;
  /** Where findings are written. */
  readonly folder: string;
};

export type Tally = {
  readonly outcomes: Readonly<Record<string, number>>;
  /** How others judged what they were shown, by our verdict and theirs; a rule is named where we are stricter. */
  readonly others: Readonly<Record<string, number>>;
  /** Files. */
  readonly findings: readonly string[];
  readonly slowest: number;
};

/** Told which message is looked at, before it is, and afterwards of what was accepted. */
export type Watch = {
  readonly at: (number: number) => void;
  readonly accepted: (mutant: Mutant, certificate: string) => Promise<void>;
};

/** Enough to see what is wrong, and an end for a run in which all is. */
const MOST_FINDINGS = 50;
/** That others have not judged yet. */
const MOST_WAITING = 256;

/** Mutates, judges and compares. Never throws for what a message does: that is a finding. */
export async function fuzz({ seed, messages, foreignOf, folder }: Order, watch: Watch): Promise<Tally> {
  const corpus = readCorpus();
  const insider = await makeInsider();
  const authorities = [...corpus.trust.authorities, insider.authority];
  const judge = judgeBy({ ...corpus.trust, authorities }, insider.recipient);
  const oracle = oracleOf(corpus, judge);
  const foreign = foreignOf > 0 ? startForeignJudge() : null;
  const counts = { outcomes: new Map<string, number>(), others: new Map<string, number>() };
  const findings: string[] = [];
  let slowest = 0;
  const waiting = new Set<Promise<void>>();

  const found = (what: readonly string[], mutant: Mutant, holds: (smaller: Mutant) => boolean) => {
    if (findings.length >= MOST_FINDINGS) return;
    const least = minimised(corpus, insider, seed, mutant, holds);
    findings.push(keepFinding(folder, what, seed, least, insider));
  };
  const ask = async (by: ForeignJudge, mutant: Mutant, verdict: Verdict) => {
    const certificate = mutant.isSigned
      ? insider.signer.certificate
      : oracle.signerOf(mutant.base, verdict.said);
    const theirs = await by.judge(
      mutant.bytes,
      certificate,
      mutant.closedAt === null ? null : insider.recipient.privateKey,
    );
    count(counts.others, both(verdict, theirs.verdict));
    const disagreements = oracle.disagreements(verdict, theirs);
    if (disagreements.length > 0) found(disagreements, mutant, () => false);
  };

  for (let number = 0; number < messages && findings.length < MOST_FINDINGS; number++) {
    watch.at(number);
    const mutant = mutantOf(corpus, insider, seed, number);
    const faultsOf = (each: Mutant) => oracle.faultsOf(each, judge(each));
    const verdict = judge(mutant);
    slowest = Math.max(slowest, verdict.milliseconds);
    count(counts.outcomes, `${kindOf(mutant)}: ${verdict.code}`);
    const faults = oracle.faultsOf(mutant, verdict);
    // Looked at again: what the machine did meanwhile is no fault of the message.
    if (faults.length > 0 && faultsOf(mutant).length > 0)
      found(faults, mutant, (smaller) => faultsOf(smaller).length > 0);
    // xmlsec1 takes one key for many messages: what is encrypted, libxmlsec judges.
    if (verdict.said && !mutant.isSigned && mutant.closedAt === null)
      await watch.accepted(mutant, oracle.signerOf(mutant.base, verdict.said));
    if (!foreign || (verdict.said === null && number % foreignOf !== 0)) continue;
    const asked = ask(foreign, mutant, verdict).finally(() => waiting.delete(asked));
    waiting.add(asked);
    if (waiting.size >= MOST_WAITING) await Promise.race(waiting);
  }
  await Promise.all(waiting);
  await foreign?.close();
  return {
    outcomes: sorted(counts.outcomes),
    others: sorted(counts.others),
    findings,
    slowest,
  };
}

const kindOf = ({ isSigned, closedAt }: Mutant) =>
  (isSigned ? 'signed' : 'mutated') + (closedAt === null ? '' : ', encrypted');

const both = ({ said, detail }: Verdict, theirs: string) =>
  said
    ? `accepted, ${theirs}`
    : theirs === 'good'
      ? `refused, good: ${ruleOf(detail)}`
      : `refused, ${theirs}`;

const count = (into: Map<string, number>, what: string) => void into.set(what, (into.get(what) ?? 0) + 1);
const sorted = (counts: ReadonlyMap<string, number>) =>
  Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
