import {
  type Batch,
  type BatchKey,
  type BatchState,
  batchStates,
  type Progress,
  questionOwners,
} from '../exchange/inquiry.ts';
import type { Party } from '../exchange/party.ts';
import { numberIn, type Options, onlyName, readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';

export const batchHelp = `kruispunt batch list [--party NAME] [--state STATE] [--limit N] [--json]
kruispunt batch show BATCH [--json]
kruispunt batch retry BATCH… | --all [--last]

Questions that no envelope brought: files of them that parties laid down (intake-NUMBER), and those for snapshots
(file-NUMBER). making, asking (until each has its answer), answered, replied (the file of the answers was made), expired,
failed (a source did not get better, or the file could not be made). \`show\` says how far one has come, and what to do.
\`retry\` has failed ones go on where they came to a stop; with \`--last\` whatever a question is told now is its answer.
`;

type Hand = { readonly who: string; readonly at: Date };

/** What the verb needs of the store. */
export type BatchDesk = {
  readonly terminal: Terminal;
  readonly parties: () => Promise<readonly Party[]>;
  readonly batches: (filter: {
    readonly partyId: number | null;
    readonly states: readonly BatchState[] | null;
    readonly limit: number;
  }) => Promise<readonly Batch[]>;
  readonly batch: (key: BatchKey) => Promise<Batch | null>;
  readonly progressOf: (key: BatchKey) => Promise<Progress>;
  readonly who: string;
  readonly now: () => Date;
  readonly markBatchRetried: (key: BatchKey, lastTime: boolean, hand: Hand) => Promise<boolean>;
};

/** `kruispunt batch`. */
export async function batch([verb, ...rest]: readonly string[], desk: BatchDesk): Promise<number> {
  const options = readOptions(rest, { one: ['party', 'state', 'limit'], yes: ['all', 'last'] });
  if (verb === 'list') return list(options, desk);
  if (verb === 'show') return show(options, desk);
  if (verb === 'retry') return retry(options, desk);
  throw new UsageError(batchHelp);
}

const moment = (at: Date | null) => at?.toISOString() ?? '-';
const nameOf = ({ owner, ownerId }: BatchKey) => `${owner}-${ownerId}`;

/** How many of its questions have their answer; the rows are gone once a file was made of them. */
async function asked(desk: BatchDesk, found: Batch): Promise<Progress> {
  const { questions, state } = found;
  if (questions === null || state === 'making') return desk.progressOf(found);
  if (['answered', 'replied', 'expired'].includes(state)) return { questions, answered: questions };
  return { questions, answered: (await desk.progressOf(found)).answered };
}

async function list(options: Options, desk: BatchDesk): Promise<number> {
  const [name, state] = [options.one('party'), options.one('state')];
  const known = batchStates.find((each) => each === state);
  if (options.positionals.length > 0 || (state !== null && !known)) throw new UsageError(batchHelp);
  const parties = await desk.parties();
  const party = name === null ? null : parties.find((each) => each.name === name);
  if (party === undefined) throw new FailedError(`there is no party ${name}`);
  const limit = numberIn(options.one('limit') ?? '50', batchHelp);
  const found = await desk.batches({ partyId: party?.id ?? null, states: known ? [known] : null, limit });
  const told: (Batch & Progress & { readonly batch: string })[] = [];
  for (const each of found) told.push({ ...each, ...(await asked(desk, each)), batch: nameOf(each) });
  if (options.json) desk.terminal.print(JSON.stringify({ batches: told }, null, 2));
  else
    desk.terminal.print(
      table(
        ['batch', 'party', 'service', 'state', 'answered', 'made', 'file'],
        told.map((each) => [
          ...[each.batch, parties.find(({ id }) => id === each.partyId)?.name ?? `party ${each.partyId}`],
          ...[`${each.service} ${each.version}`, each.state, `${each.answered} of ${each.questions}`],
          ...[moment(each.madeAt), each.fileName ?? '-'],
        ]),
      ),
    );
  return 0;
}

async function named(desk: BatchDesk, given: string): Promise<Batch> {
  const [, name, ownerId] = /^([a-z]+)-(\d{1,9})$/.exec(given) ?? [];
  const owner = questionOwners.find((each) => each === name);
  if (!owner) throw new UsageError(batchHelp);
  const found = await desk.batch({ owner, ownerId: Number(ownerId) });
  if (found === null) throw new FailedError(`there is no batch ${given} (kruispunt batch list)`);
  return found;
}

async function show(options: Options, desk: BatchDesk): Promise<number> {
  const found = await named(desk, onlyName(options, batchHelp));
  const progress = await asked(desk, found);
  if (options.json) {
    desk.terminal.print(JSON.stringify({ ...found, ...progress, batch: nameOf(found) }, null, 2));
    return 0;
  }
  const { sender, reply, certificate: _, template: __, ...rest } = { ...found, ...progress };
  const lines = Object.entries({ ...rest, uri: sender.uri, reference: sender.reference, reply: reply?.name });
  const told = lines.map(([key, value]) => {
    const text = value instanceof Date ? moment(value) : value;
    return `${key.padEnd(16)}${String(text ?? '-')}`;
  });
  desk.terminal.print([...told, '', advice(found)].join('\n'));
  return 0;
}

function advice({ state, owner, ownerId, answeredAt }: Batch): string {
  if (state === 'asking') return 'Its questions are being asked, as fast as their source bears.';
  if (state === 'failed')
    return (
      `Mend what lastError says, and then: kruispunt batch retry ${owner}-${ownerId}` +
      (answeredAt === null ? ' (docs/operating.md#a-batch-of-questions-failed)' : '')
    );
  if (state === 'replied') return 'The file of its answers was made; the answers themselves are gone.';
  if (state === 'expired') return 'The file of its answers was taken away after thirty days.';
  return 'It is being worked on.';
}

async function retry(options: Options, desk: BatchDesk): Promise<number> {
  const { positionals } = options;
  const all = options.yes('all');
  if (all === positionals.length > 0) throw new UsageError(batchHelp);
  const chosen = all
    ? await desk.batches({ partyId: null, states: ['failed'], limit: 1_000 })
    : await Promise.all(positionals.map((each) => named(desk, each)));
  const hand = { who: desk.who, at: desk.now() };
  let refused = 0;
  for (const each of chosen) {
    const done = await desk.markBatchRetried(each, options.yes('last'), hand);
    if (!done) refused += 1;
    desk.terminal.print(
      `${nameOf(each)}: ${done ? 'goes on with the next sweep' : `is ${each.state}, not failed`}`,
    );
  }
  if (chosen.length === 0) desk.terminal.print('nothing has failed');
  return refused === 0 ? 0 : 1;
}
