import type { ExchangeRecord } from '../exchange/audit.ts';
import { command, type Findings } from './audit-explain-scene.ts';
import type { PartyImage } from './configuration-image.ts';

/** Where a grant would do, and nothing can be told under it (13001); null: it was something else. */
export function notForEncryption(
  { reason }: Pick<ExchangeRecord, 'reason'>,
  party: PartyImage | undefined,
): Findings | null {
  // As src/stages/authorise.ts says it.
  const [, grant, lacking] = /^grant (\d+) has answers encrypted; (.+)$/.exec(reason ?? '') ?? [];
  if (grant === undefined || lacking === undefined) return null;
  const needed = 'it must be RSA, with keyEncipherment if it has a keyUsage, and come in a message';
  return {
    considered: [{ what: `grant ${grant}, which has answers encrypted`, because: [`${lacking}: ${needed}`] }],
    remedies: party ? [command('key', 'add', party.name, '--certificate', 'an RSA certificate')] : [],
    passesNow: null,
  };
}
