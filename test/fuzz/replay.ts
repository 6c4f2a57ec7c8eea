import { readCorpus } from './corpus.ts';
import { readFinding } from './findings.ts';
import { startForeignJudge } from './foreign-judge.ts';
import { judgeBy } from './judge.ts';
import { oracleOf } from './oracle.ts';

/** Judges the message of a finding once more; the run that found it is not needed for that. */
export async function replayed(
  file: string,
): Promise<{ readonly faults: readonly string[]; readonly told: string }> {
  const { insider, recipient, bytes: base64, charset, base } = readFinding(file);
  const corpus = readCorpus();
  const authorities = [...corpus.trust.authorities, ...(insider ? [insider.authority] : [])];
  const judge = judgeBy({ ...corpus.trust, authorities }, recipient);
  const oracle = oracleOf(corpus, judge);
  const bytes = Buffer.from(base64, 'base64');
  const verdict = judge({ bytes, charset });
  const others = startForeignJudge();
  const certificate = insider?.certificate ?? oracle.signerOf(base, verdict.said);
  const theirs = await others.judge(bytes, certificate, recipient?.privateKey ?? null);
  await others.close();
  return {
    faults: [
      ...oracle.faultsOf({ isSigned: insider !== null }, verdict),
      ...oracle.disagreements(verdict, theirs),
    ],
    told: `${verdict.code} ${verdict.detail}, libxmlsec says ${theirs.verdict}`,
  };
}
