import { parseArgs } from 'node:util';
import { anchorAudit } from './anchoring.ts';
import { openBackground } from './background.ts';
import { type Config, environment, unknownSettings } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import { followTrust } from './follow-trust.ts';
import { openFoundation } from './foundation.ts';
import { workMetrics } from './http/work-metrics.ts';
import { openLog } from './log.ts';
import { StartError } from './start-error.ts';
import { keepHeapSteady } from './steady-heap.ts';
import { stopped } from './stopped.ts';
import { openWorkDoor } from './work-door.ts';

export const workHelp = `kruispunt work

Does what goes on beside the questions (closing batches, writing files, retention), for a bus with a Redis and a database
on a server. Any number may run, on any number of machines that share KRUISPUNT_VAR's files. Told to stop (SIGINT,
SIGTERM), it finishes what is under way. With KRUISPUNT_WORK_PORT it shows /health/live, /health/ready and /metrics there. Settings: see the README; needs KRUISPUNT_REDIS_URL.
`;

/** `kruispunt work`: until it is told to stop. */
export async function work(argv: readonly string[], config: Config): Promise<number> {
  parseArgs({ args: [...argv], options: {} });
  if (config.redisUrl === null)
    throw new StartError(
      'work needs KRUISPUNT_REDIS_URL, where it finds what there is to do; without it, serve does everything itself',
    );
  keepHeapSteady();
  const log = openLog(config);
  for (const name of unknownSettings(environment))
    log.warn({ setting: name }, 'no such setting; it does nothing');
  const foundation = await openFoundation(config, log);
  const { store } = foundation;
  const { trust, trustFiles: files, asking } = foundation;
  const upkeep = followTrust({ trust, files, asking, log, clock: systemClock, fetches: true });
  await upkeep.first;
  const figures = workMetrics(store.publicationFigures, store.batchFigures, store.auditFigures);
  const background = openBackground(config, log, foundation, figures.observe);
  const needed = [{ name: 'database', check: store.ping }, ...background.dependencies];
  const door = await openWorkDoor(config, needed, figures, [
    { name: 'trust', trouble: upkeep.trouble },
  ]).catch(async (error: unknown) => {
    await background.close();
    await upkeep.close();
    await store.close();
    throw error;
  });
  background.work();
  const anchors = anchorAudit(config, log, foundation);
  log.info(door === null ? {} : { url: door.url }, 'working');
  await stopped();
  log.info('stopping');
  await background.close();
  await door?.close();
  await upkeep.close();
  await anchors.close();
  await store.close();
  return 0;
}
