/** What is wrong with a contract, where, and how to mend it. Notices do not stand in the way of a start. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly severity: 'error' | 'notice';
};

export const isError = ({ severity }: Problem): boolean => severity === 'error';

export type Report = (file: string, line: number, message: string, severity?: Problem['severity']) => void;

/** A list of problems that says each thing once, and the function that adds to it. */
export function problemList(): { readonly problems: Problem[]; readonly report: Report } {
  const problems: Problem[] = [];
  const said = new Set<string>();
  return {
    problems,
    report: (file, line, message, severity = 'error') => {
      const key = `${file}:${line}:${message}`;
      if (said.has(key)) return;
      said.add(key);
      problems.push({ file, line, message, severity });
    },
  };
}

/** A contract that cannot be served. The message holds every problem, one a line, as `file:line: what`. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
    this.problems = problems;
  }
}
