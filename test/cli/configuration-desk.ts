import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Desk } from '../../src/cli/configuration-image.ts';
import { loadPublications } from '../../src/contract/load-publications.ts';
import { unlimited } from '../../src/exchange/party.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { scheduleProblem } from '../../src/store/schedule.ts';
import { stoppedClock } from '../support/clock.ts';
import { sqliteDatabase } from '../support/database.ts';
import { AT, service } from '../support/message.ts';
import { keys } from '../support/subject-keys.ts';
import { paper } from './terminal.ts';

type Verb = (argv: readonly string[], desk: Desk) => Promise<number>;

const root = fileURLToPath(new URL('../..', import.meta.url));
const { publications } = loadPublications([`${root}/wsdl/publicatie`], [`${root}/xsd`], () => null);

/** A desk on a database of its own, with the sources that the repository's service asks, and one party with a grant. */
export async function openDesk(canBeEncryptedTo: Desk['canBeEncryptedTo'] = () => null) {
  const database = await sqliteDatabase();
  const store: Store = await openStore(database.url, { clock: stoppedClock(AT), keys });
  after(async () => {
    await store.close();
    await database.remove();
  });
  const base = { kind: 'soap' as const, url: 'https://bron.example/', deadline: 2000 };
  for (const name of new Set((service.rules.sources?.options ?? []).map(({ source }) => source)))
    await store.putSource({
      ...base,
      name,
      maxBytes: 1_000_000,
      retries: 1,
      breaker: 3,
      pause: 1000,
      signature: 'none',
    });
  const identities = [
    { uri: 'stad.example', hoedanigheid: null },
    { uri: 'stad.example', hoedanigheid: '6001' },
  ];
  const stad = await store.addParty({
    ...{ name: 'Stad', cbeNumber: '0999990420', profile: 'strict', profileUntil: null, identities },
    certificates: ['CN=stad'],
  });
  await store.addGrant({
    ...{ partyId: stad.id, uri: 'stad.example', hoedanigheid: null, service: 'GeefPersoon' },
    ...{ version: '02.02', legalBasis: 'Decreet A', validFrom: new Date('2019-12-31T23:00:00Z') },
    ...{ validUntil: null, visible: ['Persoon/INSZ'] },
    ...unlimited,
  });

  /** Runs a verb; what it printed, and its exit code. */
  const runAs = async (who: string, verb: Verb, ...argv: string[]) => {
    const terminal = paper();
    const { image, apply } = store;
    const desk = {
      terminal,
      clock: stoppedClock(AT),
      who,
      services: [service],
      publications,
      image,
      apply,
      approvals: store,
      scheduleProblem,
      canBeEncryptedTo,
      nextBatches: async () =>
        new Map((await store.allSubscriptions()).map((each) => [each.id, each.nextRunAt])),
    };
    const code = await verb(argv, desk);
    return { code, printed: terminal.printed(), warned: terminal.warned() };
  };
  const run = (verb: Verb, ...argv: string[]) => runAs('an', verb, ...argv);
  return { store, run, runAs };
}

/** A folder that goes away with the tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kruispunt-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
