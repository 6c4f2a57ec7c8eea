import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { followServices } from './contract/follow-services.ts';
import { contractFolders, type Foundation } from './foundation.ts';

/**
 * Lets what is offered follow its folders, and tells the log what came of each change: every problem as
 * `file:line: message`, in the words of `kruispunt check`.
 *
 * @returns stops following, and resolves when nothing is being loaded any more
 */
export function followContracts(
  { table, from, store }: Foundation,
  config: Config,
  log: Logger,
): () => Promise<void> {
  const stop = new AbortController();
  tellUnconfigured(table, store, log);
  const following = {
    table,
    folders: contractFolders(config),
    from,
    onChange: (change: object) => {
      log.info(change, 'the services changed');
      tellUnconfigured(table, store, log);
    },
    onProblems: (problems: ReturnType<typeof table.problems>) => {
      if (problems.length === 0) log.info('the contracts can all be served again');
      for (const { file, line, message } of problems) {
        log.error(
          { problem: `${file}:${line}: ${message}` },
          'a contract cannot be served; what was served before still is',
        );
      }
    },
    onFault: (error: unknown) => log.error({ err: error }, 'the folders of contracts could not be read'),
  };
  const done = followServices(following, stop.signal);
  return async () => {
    stop.abort();
    await done;
  };
}

/** A service may be there before its sources are: its questions are refused until they are. */
function tellUnconfigured(
  { services }: Foundation['table'],
  { source }: Foundation['store'],
  log: Logger,
): void {
  for (const { rules } of services()) {
    const strange = (rules.sources?.options ?? []).filter((option) => source(option.source) === null);
    for (const option of strange)
      log.warn(
        { service: `${rules.name} ${rules.version}`, source: option.source },
        'service.yaml names a source that nobody configured (kruispunt source add); questions to it get 60011',
      );
  }
}
