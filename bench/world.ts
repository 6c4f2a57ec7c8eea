import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { demoParty, type SigningParty } from '../src/cli/demo-party.ts';
import { loadServices } from '../src/contract/load-services.ts';
import { systemClock } from '../src/exchange/clock.ts';
import type { Service } from '../src/exchange/service.ts';
import { openStore } from '../src/store/connection.ts';
import { startBus } from './bus.ts';
import { type Child, startChild } from './child.ts';
import { visible } from './persons.ts';
import { sourceAnswers } from './source-answers.ts';

/** Everything around the bus: a `var` of its own, a party with a grant, and a source in another process. */
export type World = {
  readonly folder: string;
  readonly service: Service;
  readonly party: SigningParty;
  readonly source: Child;
  readonly sourceUrl: string;
  /** Milliseconds from nothing to listening, the demo world being made on the way. */
  readonly firstStart: number;
  /** False where the folder lies in memory, so that a durable commit costs nothing. */
  readonly onDisk: boolean;
  readonly close: () => Promise<void>;
};

const TMPFS = 0x01021994;
const started = z.object({ url: z.string() });

export async function makeWorld(): Promise<World> {
  const folder = mkdtempSync(resolve(tmpdir(), 'kruispunt-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const bus = await startBus(folder);
  await bus.stop();
  const service = geefPersoon();
  const source = startChild('stub-source.ts');
  const { url } = await source.ask({ answers: sourceAnswers(service) }, started);
  await configure(folder, url, service.rules.name);
  return {
    folder,
    service,
    party: demoParty(resolve(folder, 'demo'), 'afnemer'),
    source,
    sourceUrl: url,
    firstStart: bus.startup,
    onDisk: statfsSync(folder).type !== TMPFS,
    close: async () => {
      await source.stop();
      remove();
    },
  };
}

function geefPersoon(): Service {
  const root = resolve(import.meta.dirname, '..');
  const { services } = loadServices([resolve(root, 'wsdl')], [resolve(root, 'xsd')]);
  const found = services.find(({ rules }) => rules.name === 'GeefPersoon');
  if (!found) throw new Error('the contracts hold no GeefPersoon');
  return found;
}

/** Points the service's source at the stub, and narrows the grant so that every answer is really filtered. */
async function configure(folder: string, sourceUrl: string, service: string): Promise<void> {
  const store = await openStore(`sqlite:${resolve(folder, 'kruispunt.db')}`, { clock: systemClock });
  try {
    await store.putSource({
      name: 'rijksregister',
      kind: 'soap',
      url: sourceUrl,
      deadline: 10_000,
      maxBytes: 4 * 1024 * 1024,
      retries: 2,
      breaker: 10,
      pause: 10_000,
      signature: 'none',
    });
    const party = (await store.parties()).find(({ name }) => name === 'afnemer');
    const grant = (await store.grants()).find(
      (each) => each.partyId === party?.id && each.service === service,
    );
    if (!grant) throw new Error('the demo world has no grant to narrow');
    await store.removeGrant(grant.id);
    const { id, ...same } = grant;
    await store.addGrant({ ...same, visible });
  } finally {
    await store.close();
  }
}
