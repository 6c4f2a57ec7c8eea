import type { Batch, BatchKey, Progress } from '../exchange/inquiry.ts';
import type { Party } from '../exchange/party.ts';
import type { FileEvent, FileState, PublicationFile } from '../exchange/subscription.ts';
import { numberIn, type Options, onlyName, readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';
import { type IntakeDesk, intakeVerb } from './publication-intake.ts';

export const publicationHelp = `kruispunt publication list [--party NAME] [--state STATE] [--limit N] [--json]
kruispunt publication show NUMBER [--json]
kruispunt publication retry NUMBER… | --all [--last]
kruispunt publication reissue NUMBER
kruispunt publication intake list|show …

The files of publications: asking (a snapshot, of which not every question has its answer), closed (to be written), written (to be collected), collected, acknowledged, expired, failed.
\`list\` ends with what waits: mutations that are in no file yet. \`show\` tells what became of a file, and what to do.
\`retry\` has failed files written again, after what stopped them was mended; of a snapshot that failed while asking, the
questions without answer are asked again. With --last whatever those are told now is their answer, so that the file says
about whom nothing could be told. \`reissue\` puts a file back that was collected or has expired, byte for byte the same,
for as long as its subscription keeps files; a snapshot only while its bytes are still there, since answers are not kept.
\`intake\` is about the files that parties laid down.
The bus does what these ask for with its next sweep, some seconds later.
`;

const STATES: readonly FileState[] = [
  ...(['asking', 'closed', 'written', 'collected', 'acknowledged', 'expired', 'failed'] as const),
];

type Hand = { readonly who: string; readonly at: Date };

/** What the verb needs of the store. */
export type PublicationDesk = IntakeDesk & {
  readonly terminal: Terminal;
  readonly who: string;
  readonly now: () => Date;
  readonly parties: () => Promise<readonly Party[]>;
  readonly subscriptions: () => readonly { readonly id: number; readonly retentionDays: number }[];
  readonly files: (filter: {
    readonly partyId: number | null;
    readonly states: readonly FileState[] | null;
    readonly limit: number;
  }) => Promise<readonly PublicationFile[]>;
  readonly file: (id: number) => Promise<PublicationFile | null>;
  readonly eventsOf: (fileId: number) => Promise<readonly FileEvent[]>;
  /** `lastTime`: of a snapshot, what a question is told now is its answer. */
  readonly markRetried: (fileId: number, lastTime: boolean, hand: Hand) => Promise<boolean>;
  readonly batch: (key: BatchKey) => Promise<Batch | null>;
  readonly progressOf: (key: BatchKey) => Promise<Progress>;
  /** Whether the bytes of a file that was written lie where its party had them. */
  readonly isThere: (file: PublicationFile) => Promise<boolean>;
  readonly markReissued: (fileId: number, expiresAt: Date) => Promise<boolean>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
  readonly publicationFigures: () => Promise<{
    readonly backlog: number;
    readonly oldestPending: Date | null;
    readonly sequenceGaps: number;
  }>;
};

const DAY = 86_400_000;

/** `kruispunt publication`. */
export async function publication(
  [verb, ...rest]: readonly string[],
  desk: PublicationDesk,
): Promise<number> {
  const options = readOptions(rest, { one: ['party', 'state', 'limit'], yes: ['all', 'last'] });
  if (verb === 'list') return list(options, desk);
  if (verb === 'show') return show(options, desk);
  if (verb === 'retry') return retry(options, desk);
  if (verb === 'reissue') return reissue(options, desk);
  if (verb === 'intake') return intakeVerb(options, desk);
  throw new UsageError(publicationHelp);
}

const moment = (at: Date | null) => at?.toISOString() ?? '-';

async function list(options: Options, desk: PublicationDesk): Promise<number> {
  const [name, state, limit] = [options.one('party'), options.one('state'), options.one('limit') ?? '50'];
  const known = STATES.find((each) => each === state);
  if (options.positionals.length > 0 || (state !== null && !known)) throw new UsageError(publicationHelp);
  const parties = await desk.parties();
  const party = name === null ? null : parties.find((each) => each.name === name);
  if (party === undefined) throw new FailedError(`there is no party ${name}`);
  const states = known ? [known] : null;
  const most = numberIn(limit, publicationHelp);
  const files = await desk.files({ partyId: party?.id ?? null, states, limit: most });
  const figures = await desk.publicationFigures();
  if (options.json) desk.terminal.print(JSON.stringify({ files, ...figures }, null, 2));
  else {
    const nameOf = (id: number) => parties.find((each) => each.id === id)?.name ?? `party ${id}`;
    desk.terminal.print(
      table(
        ['file', 'party', 'publication', 'number', 'state', 'records', 'closed', 'name'],
        files.map((each) => [
          ...[String(each.id), nameOf(each.partyId), `${each.publication} ${each.version}`],
          ...[
            String(each.sequence),
            each.state,
            String(each.records ?? '-'),
            moment(each.closedAt),
            each.name,
          ],
        ]),
      ),
    );
    const { backlog, oldestPending, sequenceGaps } = figures;
    const since = oldestPending === null ? '' : `, since ${moment(oldestPending)}`;
    desk.terminal.print(
      `\n${backlog} deliveries in no file yet${since}; ${sequenceGaps} gaps in the numbers`,
    );
  }
  return 0;
}

async function named(desk: PublicationDesk, given: string): Promise<PublicationFile> {
  const id = numberIn(given, publicationHelp);
  const found = await desk.file(id);
  if (found === null) throw new FailedError(`there is no file ${id} (kruispunt publication list)`);
  return found;
}

async function show(options: Options, desk: PublicationDesk): Promise<number> {
  const file = await named(desk, onlyName(options, publicationHelp));
  const events = await desk.eventsOf(file.id);
  const questions = await progressIn(desk, file);
  if (options.json)
    desk.terminal.print(JSON.stringify({ ...file, ...(questions && { questions }), events }, null, 2));
  else {
    const told = Object.entries(file).map(([key, value]) => {
      const text = value instanceof Date ? moment(value) : Array.isArray(value) ? value.join(', ') : value;
      return `${key.padEnd(16)}${String(text ?? '-')}`;
    });
    const happened = events.map(({ at, what, channel, remoteAddress, detail }) =>
      [moment(at), what, channel, remoteAddress, detail].filter((each) => each !== null).join('  '),
    );
    const asked = questions
      ? [`${'questions'.padEnd(16)}${questions.answered} of ${questions.questions} have their answer`]
      : [];
    desk.terminal.print([...told, ...asked, '', ...happened, '', advice(file)].join('\n'));
  }
  return 0;
}

/** How far the asking has come; null of a file for which nobody is asked. */
async function progressIn(
  { batch, progressOf }: PublicationDesk,
  { id, kind }: PublicationFile,
): Promise<Progress | null> {
  if (kind !== 'snapshot') return null;
  const key = { owner: 'file', ownerId: id } as const;
  const found = await batch(key);
  const all = found?.questions ?? null;
  if (all === null) return null;
  return found?.answeredAt ? { questions: all, answered: all } : await progressOf(key);
}

function advice({ id, state, kind, lastError, expiresAt }: PublicationFile): string {
  if (state === 'failed')
    return `It could not be written: ${lastError}\nMend that, and then: kruispunt publication retry ${id}`;
  if (state === 'asking')
    return 'It is written once each question has its answer: docs/operating.md#publications';
  if (state === 'closed') return 'It waits to be written. Where that lasts: docs/operating.md#publications';
  if (state === 'expired')
    return kind === 'snapshot'
      ? 'Its bytes were removed, and answers are not kept: it cannot be had again.'
      : `Its bytes were removed. To have them again: kruispunt publication reissue ${id}`;
  return `It is kept until ${moment(expiresAt)}.`;
}

async function retry(options: Options, desk: PublicationDesk): Promise<number> {
  const named = options.positionals.map((each) => numberIn(each, publicationHelp));
  if (options.yes('all') === named.length > 0) throw new UsageError(publicationHelp);
  const failed = { partyId: null, states: ['failed' as const], limit: 100_000 };
  const ids = options.yes('all') ? (await desk.files(failed)).map(({ id }) => id) : named;
  const hand = { who: desk.who, at: desk.now() };
  let left = 0;
  for (const id of ids) {
    const done = await desk.markRetried(id, options.yes('last'), hand);
    if (!done) left += 1;
    desk.terminal.print(done ? `file ${id} will be tried again` : `file ${id} is none that failed`);
  }
  if (ids.length === 0) desk.terminal.print('no file failed');
  return left === 0 ? 0 : 1;
}

async function reissue(options: Options, desk: PublicationDesk): Promise<number> {
  const file = await named(desk, onlyName(options, publicationHelp));
  const { id, state, kind, partyId, subscriptionId } = file;
  if (['asking', 'closed', 'failed'].includes(state))
    throw new FailedError(`file ${id} was never written (kruispunt publication show ${id})`);
  if (kind === 'snapshot' && !(await desk.isThere(file)))
    throw new FailedError(`file ${id} is gone: it was a snapshot, whose answers were not kept`);
  const kept = desk.subscriptions().find((each) => each.id === subscriptionId)?.retentionDays ?? 30;
  const at = desk.now();
  const expiresAt = new Date(at.getTime() + kept * DAY);
  if (!(await desk.markReissued(id, expiresAt)))
    throw new FailedError(`file ${id} changed meanwhile: try again`);
  const event = { channel: null, remoteAddress: null, detail: `by ${desk.who}` };
  await desk.noteEvent({ ...event, fileId: id, partyId, what: 'reissued', at });
  desk.terminal.print(`file ${id} will be laid down again, until ${moment(expiresAt)}`);
  return 0;
}
