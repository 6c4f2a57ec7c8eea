import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Asker } from '../test/support/signed-questions.ts';
import { type RunningBus, startBus } from './bus.ts';
import { type Child, startChild } from './child.ts';
import { subjects } from './persons.ts';
import type { Common } from './rounds.ts';
import type { World } from './world.ts';

/** Everything that runs while it is measured. */
export type Bench = {
  readonly world: World;
  readonly bus: RunningBus;
  readonly baseline: Child & { readonly url: string };
  readonly load: Child;
  readonly asker: Asker;
  readonly common: Common;
  readonly privateKey: string;
  readonly stop: () => Promise<void>;
};

const started = z.object({ url: z.string() });
const root = resolve(import.meta.dirname, '..');

/**
 * @param flags for the bus's node
 * @param settings for the bus
 */
export async function startBench(
  world: World,
  flags: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const read = (name: string) => readFileSync(resolve(world.folder, 'demo', name), 'utf8');
  const { keyPem, certificatePem, uri, hoedanigheid } = world.party;
  const asker = { privateKey: keyPem, certificate: certificatePem, uri, hoedanigheid };
  const authority = read('ca.crt.pem');
  const privateKey = read('bus.key.pem');
  // What is refused is measured too, all of it from one address.
  const bus = await startBus(world.folder, flags, { KRUISPUNT_REFUSED_PERCENT: '100', ...settings });
  const load = startChild('load.ts');
  const baseline = startChild('baseline.ts');
  const { url } = await baseline.ask(
    {
      wsdl: resolve(root, 'wsdl/persoon/GeefPersoon-02.02/GeefPersoon.wsdl'),
      xsd: resolve(root, 'xsd/Persoon.GeefPersoonDienst-02.02/WebService/GeefPersoonDienst.xsd'),
      database: resolve(world.folder, `baseline-${bus.pid}.db`),
      sourceUrl: world.sourceUrl,
      privateKey,
      certificate: read('bus.crt.pem'),
      authority,
      uri,
      subjects: Object.values(subjects),
    },
    started,
  );
  return {
    ...{ world, bus, load, asker, privateKey },
    baseline: { ...baseline, url },
    common: { asker, authority },
    stop: async () => {
      for (const each of [load, baseline, bus]) await each.stop();
    },
  };
}
