import type { Terminal } from '../../src/cli/output.ts';

/** A terminal that keeps what was printed. */
export function paper(): Terminal & { readonly printed: () => string; readonly warned: () => string } {
  const [printed, warned]: [string[], string[]] = [[], []];
  return {
    print: (line) => void printed.push(line),
    warn: (line) => void warned.push(line),
    printed: () => printed.join('\n'),
    warned: () => warned.join('\n'),
  };
}
