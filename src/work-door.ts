import type { Config } from './config.ts';
import { addressOf } from './foundation.ts';
import { type Concern, type Dependency, health } from './http/health.ts';
import { metricsDoor } from './http/metrics.ts';
import type { WorkFigures } from './http/work-metrics.ts';
import { openServer } from './open-server.ts';
import { StartError } from './start-error.ts';

export type WorkDoor = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Where a process that works can be looked at: /health/live, /health/ready and /metrics, and nothing else. Null where it
 * is switched off.
 *
 * @throws StartError when the port cannot be had
 */
export async function openWorkDoor(
  config: Config,
  needed: readonly Omit<Dependency, 'needed'>[],
  figures: WorkFigures,
  concerns: readonly Concern[],
): Promise<WorkDoor | null> {
  const { host, workPort } = config;
  if (workPort === 0) return null;
  const { server, maySee } = openServer({ ...config, maxMessageBytes: 1, tlsKey: null }, () => {});
  health(
    server,
    needed.map((each) => ({ ...each, needed: true })),
    concerns,
    maySee,
  );
  metricsDoor(server, figures, maySee);
  try {
    await server.listen({ host, port: workPort });
  } catch (cause) {
    const advice = 'choose another with KRUISPUNT_WORK_PORT, or 0 for none';
    throw new StartError(`cannot listen on ${host}:${workPort} (${String(cause)}); ${advice}`, { cause });
  }
  return { url: addressOf({ host, tlsKey: null }, workPort), close: async () => void (await server.close()) };
}
