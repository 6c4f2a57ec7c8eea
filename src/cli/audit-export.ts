import { open, rm } from 'node:fs/promises';
import { verifyHelp } from './audit-verify.ts';
import { readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, UsageError } from './output.ts';
import { utcMoment } from './utc-moment.ts';

export type Export = {
  /** Writes down who exports what before it gives a line. */
  readonly exportAudit: (from: Date, to: Date, who: string) => Promise<AsyncIterable<string>>;
  readonly who: string;
};

/** Characters that are written at once. */
const AT_ONCE = 1_000_000;

/** `kruispunt audit export`. */
export async function auditExport(
  argv: readonly string[],
  terminal: Terminal,
  needs: Export,
): Promise<number> {
  const options = readOptions(argv, { one: ['from', 'to'] });
  const [path, ...rest] = options.positionals;
  if (!path || rest.length > 0) throw new UsageError(verifyHelp);
  const from = utcMoment('--from', options.one('from'), verifyHelp);
  const to = utcMoment('--to', options.one('to'), verifyHelp);
  if (from >= to) throw new UsageError(`--from must be before --to\n\n${verifyHelp}`);
  const lines = await write(path, await needs.exportAudit(from, to, needs.who));
  terminal.print(options.json ? JSON.stringify({ file: path, lines }) : `wrote ${lines} lines to ${path}`);
  return 0;
}

/** For its owner only, and never over what is there; what could not be finished is taken away. */
async function write(path: string, lines: AsyncIterable<string>): Promise<number> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new FailedError(`${path} cannot be made: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  });
  try {
    let [count, text] = [0, ''];
    for await (const line of lines) {
      text += `${line}\n`;
      count += 1;
      if (text.length < AT_ONCE) continue;
      await file.write(text);
      text = '';
    }
    await file.write(text);
    await file.sync();
    return count;
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  } finally {
    await file.close();
  }
}
