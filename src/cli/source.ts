import type { Source } from '../exchange/source.ts';
import { sourceShape } from './configuration-fields.ts';
import type { ConfigurationImage, Desk } from './configuration-image.ts';
import { change, onlyName, readOptions, shaped, subVerbs } from './configuration-options.ts';
import { rawSource } from './configuration-raw.ts';
import { FailedError, table, UsageError } from './output.ts';

export const sourceHelp = `kruispunt source list [--json]
kruispunt source show NAME [--json]
kruispunt source add NAME --kind soap|rest [--url URL] [--deadline MS] [--max-bytes N] [--signature none|strict]
                    [--retries N] [--breaker N] [--pause MS]
kruispunt source change NAME [--kind soap|rest] [--url URL|none] [--deadline MS] [--max-bytes N]
                    [--signature none|strict] [--retries N] [--breaker N] [--pause MS]
kruispunt source remove NAME

Where a source that service.yaml names is reached. --url none: its access is not set up (60011). --deadline is for the
whole call, 50 to 15000 ms (8000); --max-bytes of an answer are read at the most (4194304).
A question that only reads is put --retries more times (0 to 5; 2) after a failure that may pass, within the deadline.
After --breaker failures in a row (0: never; 10) the source is left alone for --pause (100 to 600000 ms; 10000).
`;

const FIELDS = ['kind', 'url', 'deadline', 'max-bytes', 'signature', 'retries', 'breaker', 'pause'];

/** `kruispunt source`. */
export const source = subVerbs(sourceHelp, { list, show, add, change: alter, remove });

function named({ sources }: ConfigurationImage, name: string): Source {
  const found = sources.find((each) => each.name === name);
  if (found) return found;
  throw new FailedError(
    `there is no source ${name}; there are ${sources.map((each) => each.name).join(', ') || 'none'}`,
  );
}

const askedBy = ({ services }: Desk, name: string) =>
  services
    .filter(({ rules }) => rules.sources?.options.some((option) => option.source === name))
    .map(({ rules }) => `${rules.name} ${rules.version}`);

const breakerText = ({ breaker, pause }: Source) =>
  breaker === 0 ? 'never' : `${breaker} failures, ${pause} ms`;

async function list(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const { sources } = await desk.image('none');
  if (options.json) desk.terminal.print(JSON.stringify(sources.map(rawSource), null, 2));
  else
    desk.terminal.print(
      table(
        ['source', 'kind', 'address', 'deadline', 'max bytes', 'signature', 'retries', 'breaker', 'asked by'],
        sources.map((each) => [
          ...[each.name, each.kind, each.url ?? 'not set up', `${each.deadline} ms`, String(each.maxBytes)],
          ...[each.signature, String(each.retries), breakerText(each)],
          ...[askedBy(desk, each.name).join(', ') || 'nobody'],
        ]),
      ),
    );
  return 0;
}

async function show(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const found = named(await desk.image('none'), onlyName(options, sourceHelp));
  const told = { ...rawSource(found), 'asked-by': askedBy(desk, found.name) };
  desk.terminal.print(
    options.json
      ? JSON.stringify(told, null, 2)
      : Object.entries(told)
          .map(([key, value]) => `${key.padEnd(11)}${String(value)}`)
          .join('\n'),
  );
  return 0;
}

async function add(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, { one: FIELDS });
  const raw = { name: onlyName(options, sourceHelp), ...options.given(...FIELDS) };
  const after = shaped(sourceShape, raw, sourceHelp);
  const image = await desk.image('none');
  if (image.sources.some(({ name }) => name === after.name))
    throw new FailedError(`source ${after.name} exists already (kruispunt source change)`);
  await change(desk, image, [{ kind: 'source', before: null, after }]);
  desk.terminal.print(
    options.json ? JSON.stringify(rawSource(after), null, 2) : `added source ${after.name}`,
  );
  return 0;
}

async function alter(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, { one: FIELDS });
  const image = await desk.image('none');
  const before = named(image, onlyName(options, sourceHelp));
  const raw = {
    ...rawSource(before),
    ...options.given(...FIELDS),
    ...(options.one('url') === 'none' ? { url: undefined } : {}),
  };
  const after = shaped(sourceShape, raw, sourceHelp);
  if (JSON.stringify(rawSource(after)) === JSON.stringify(rawSource(before)))
    throw new UsageError(`nothing to change\n\n${sourceHelp}`);
  await change(desk, image, [{ kind: 'source', before, after }]);
  desk.terminal.print(
    options.json ? JSON.stringify(rawSource(after), null, 2) : `changed source ${after.name}`,
  );
  return 0;
}

async function remove(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const image = await desk.image('none');
  const before = named(image, onlyName(options, sourceHelp));
  const users = askedBy(desk, before.name);
  if (users.length > 0)
    throw new FailedError(
      `source ${before.name} is asked by ${users.join(', ')} (service.yaml): change that first`,
    );
  await change(desk, image, [{ kind: 'source', before, after: null }]);
  desk.terminal.print(
    options.json ? JSON.stringify({ removed: before.name }) : `removed source ${before.name}`,
  );
  return 0;
}
