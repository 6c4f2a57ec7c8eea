import { subscriptionShape, writeMoment } from './configuration-fields.ts';
import {
  type Desk,
  identityText,
  type Numbered,
  type Present,
  type SubscriptionImage,
} from './configuration-image.ts';
import {
  change,
  numberIn,
  type Options,
  onlyName,
  readOptions,
  shaped,
  subVerbs,
} from './configuration-options.ts';
import { rawSubscription } from './configuration-raw.ts';
import { FailedError, table, UsageError } from './output.ts';

export const subscriptionHelp = `kruispunt subscription list [--party NAME] [--publication NAME] [--json]
kruispunt subscription show NUMBER [--json]
kruispunt subscription add --party NAME --uri URI [--hoedanigheid H] --publication NAME --version NN.NN
                    [--kind mutations|snapshot] [--schedule CRON] [--time-zone ZONE] [--format xml|csv]
                    [--filter PATH]… --legal-basis TEXT [--channel files|pull] [--empty-files yes|no]
                    [--retention-days N] --from DAY [--until DAY]
kruispunt subscription change NUMBER [--schedule CRON] [--time-zone ZONE] [--format xml|csv]
                    [--add-filter PATH]… [--remove-filter PATH]… [--legal-basis TEXT] [--channel files|pull]
                    [--empty-files yes|no] [--retention-days N] [--from DAY] [--until DAY|never] [--stop|--start]
kruispunt subscription remove NUMBER

Which publication an identity of a party gets, when, and in what form. It needs a grant for the publication
(kruispunt grant add). Without --hoedanigheid it goes by the registrations in every capacity.
--channel files (also when left out) lays files down by --schedule; of pull they are asked for with
GeefPersoonMutatiesNotificaties, which needs no schedule.
CRON has five fields (minute, hour, day, month, weekday) in ZONE (Europe/Brussels). A path of --filter is one of the
publication's content and narrows what the grant shows. --empty-files (no): also when there is nothing to tell.
Files are kept --retention-days (30). --stop: what was matched by now still comes, and then nothing more.
`;

/** `kruispunt subscription`. */
export const subscription = subVerbs(subscriptionHelp, { list, show, add, change: alter, remove });

const FIELDS = [
  ...['schedule', 'time-zone', 'format', 'legal-basis', 'channel', 'empty-files', 'retention-days'],
  ...['from', 'until'],
];

const data = (each: Numbered<SubscriptionImage>) => ({ id: each.id, ...rawSubscription(each) });
const period = ({ validFrom, validUntil, stoppedAt }: SubscriptionImage) =>
  stoppedAt === null
    ? `${writeMoment(validFrom)} to ${validUntil === null ? 'open' : writeMoment(validUntil)}`
    : `stopped ${writeMoment(stoppedAt)}`;

async function list(argv: readonly string[], { terminal, image, nextBatches }: Desk): Promise<number> {
  const options = readOptions(argv, { one: ['party', 'publication'] });
  const [party, publication] = [options.one('party'), options.one('publication')];
  const found = (await image('none')).subscriptions.filter(
    (each) =>
      (party === null || each.party === party) && (publication === null || each.publication === publication),
  );
  const next = await nextBatches();
  const when = ({ id }: Numbered<SubscriptionImage>) => next.get(id ?? 0)?.toISOString() ?? null;
  if (options.json)
    terminal.print(
      JSON.stringify(
        found.map((each) => ({ ...data(each), next: when(each) })),
        null,
        2,
      ),
    );
  else
    terminal.print(
      table(
        ['subscription', 'party', 'as', 'publication', 'schedule', 'next', 'format', 'period'],
        found.map((each) => [
          ...[String(each.id), each.party, identityText(each), `${each.publication} ${each.version}`],
          ...(each.channel === 'pull'
            ? ['none', 'when it is asked for']
            : [`${each.schedule} (${each.timeZone})`, when(each) ?? 'never']),
          ...[each.format, period(each)],
        ]),
      ),
    );
  return 0;
}

function numbered({ subscriptions }: Present, name: string) {
  const id = numberIn(name, subscriptionHelp);
  const found = subscriptions.find((each) => each.id === id);
  if (!found) throw new FailedError(`there is no subscription ${id} (kruispunt subscription list)`);
  const { id: _, ...image } = found;
  return { id, image };
}

async function show(argv: readonly string[], { terminal, image, nextBatches }: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const { id, image: found } = numbered(await image('none'), onlyName(options, subscriptionHelp));
  const next = (await nextBatches()).get(id)?.toISOString() ?? null;
  const told = { ...data({ ...found, id }), next };
  terminal.print(
    options.json
      ? JSON.stringify(told, null, 2)
      : Object.entries(told)
          .map(
            ([key, value]) =>
              `${key.padEnd(16)}${Array.isArray(value) ? value.join(' ') || 'as the grant' : (value ?? 'never')}`,
          )
          .join('\n'),
  );
  return 0;
}

async function add(argv: readonly string[], desk: Desk): Promise<number> {
  const fields = ['party', 'uri', 'hoedanigheid', 'publication', 'version', 'kind', ...FIELDS];
  const options = readOptions(argv, { one: fields, many: ['filter'] });
  if (options.positionals.length > 0) throw new UsageError(subscriptionHelp);
  const raw = { ...options.given(...fields), filter: options.many('filter') };
  const after = shaped(subscriptionShape, raw, subscriptionHelp);
  await change(desk, await desk.image('none'), [{ kind: 'subscription', id: null, before: null, after }]);
  const added = (await desk.image('none')).subscriptions.at(-1);
  desk.terminal.print(
    options.json
      ? JSON.stringify(added ? data(added) : null, null, 2)
      : `added subscription ${added?.id ?? ''}`,
  );
  return 0;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

async function alter(argv: readonly string[], desk: Desk): Promise<number> {
  const many = ['add-filter', 'remove-filter'];
  const options = readOptions(argv, { one: FIELDS, many, yes: ['stop', 'start'] });
  const image = await desk.image('none');
  const { id, image: before } = numbered(image, onlyName(options, subscriptionHelp));
  const raw = {
    ...rawSubscription(before),
    ...options.given(...FIELDS),
    ...(options.one('until') === 'never' ? { until: undefined } : {}),
    ...stopGiven(options, before, desk.clock.now()),
    filter: filterGiven(options, before.filter),
  };
  const after = shaped(subscriptionShape, raw, subscriptionHelp);
  if (same(rawSubscription(after), rawSubscription(before)))
    throw new UsageError(`nothing to change\n\n${subscriptionHelp}`);
  await change(desk, image, [{ kind: 'subscription', id, before, after }]);
  desk.terminal.print(
    options.json ? JSON.stringify(data({ ...after, id }), null, 2) : `changed subscription ${id}`,
  );
  return 0;
}

function stopGiven(options: Options, before: SubscriptionImage, now: Date) {
  const [stop, start] = [options.yes('stop'), options.yes('start')];
  if (stop && start) throw new UsageError(`--stop or --start, not both\n\n${subscriptionHelp}`);
  if (start) return { stopped: undefined };
  return stop && before.stoppedAt === null ? { stopped: now.toISOString() } : {};
}

function filterGiven(options: Options, before: readonly string[]): readonly string[] {
  const removed = options.many('remove-filter');
  const missing = removed.filter((path) => !before.includes(path));
  if (missing.length > 0)
    throw new UsageError(
      `not there to be removed: ${missing.join(', ')}; there is ${before.join(', ') || 'none'}`,
    );
  return [...before.filter((path) => !removed.includes(path)), ...options.many('add-filter')];
}

async function remove(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const image = await desk.image('none');
  const { id, image: before } = numbered(image, onlyName(options, subscriptionHelp));
  await change(desk, image, [{ kind: 'subscription', id, before, after: null }]);
  desk.terminal.print(options.json ? JSON.stringify({ removed: id }) : `removed subscription ${id}`);
  return 0;
}
