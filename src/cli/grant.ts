import { grantShape, writeMoment } from './configuration-fields.ts';
import {
  type Desk,
  type GrantImage,
  identityText,
  type Numbered,
  type Present,
} from './configuration-image.ts';
import { change, numberIn, onlyName, readOptions, shaped, subVerbs } from './configuration-options.ts';
import { rawGrant } from './configuration-raw.ts';
import { FailedError, table, UsageError } from './output.ts';

export const grantHelp = `kruispunt grant list [--party NAME] [--service NAME] [--json]
kruispunt grant show NUMBER [--json]
kruispunt grant add --party NAME --uri URI [--hoedanigheid H] --service NAME --version NN.NN --legal-basis TEXT
                    --from DAY [--until DAY] --visible PATH…
kruispunt grant change NUMBER [--legal-basis TEXT] [--from DAY] [--until DAY|never]
                    [--add-visible PATH]… [--remove-visible PATH]…
kruispunt grant remove NUMBER

What the law lets an identity of a party ask, and what it then sees. Without --hoedanigheid it holds for every capacity.
It begins at midnight (Belgian time) of --from and ends at midnight at the beginning of --until. A path is one of the
answer's content: A/B an element and its text, A/B/@c an attribute, A/B/** all of it, ** everything.
`;

/** `kruispunt grant`. */
export const grant = subVerbs(grantHelp, { list, show, add, change: alter, remove });

const data = (each: Numbered<GrantImage>) => ({ id: each.id, ...rawGrant(each) });
const period = ({ validFrom, validUntil }: GrantImage) =>
  `${writeMoment(validFrom)} to ${validUntil === null ? 'open' : writeMoment(validUntil)}`;

async function list(argv: readonly string[], { terminal, image }: Desk): Promise<number> {
  const options = readOptions(argv, { one: ['party', 'service'] });
  const [party, service] = [options.one('party'), options.one('service')];
  const found = (await image('none')).grants.filter(
    (each) => (party === null || each.party === party) && (service === null || each.service === service),
  );
  if (options.json) terminal.print(JSON.stringify(found.map(data), null, 2));
  else
    terminal.print(
      table(
        ['grant', 'party', 'as', 'service', 'period', 'visible'],
        found.map((each) => [
          String(each.id),
          each.party,
          identityText(each),
          `${each.service} ${each.version}`,
          period(each),
          each.visible.join(' ') || 'nothing',
        ]),
      ),
    );
  return 0;
}

function numbered({ grants }: Present, name: string) {
  const id = numberIn(name, grantHelp);
  const found = grants.find((each) => each.id === id);
  if (!found) throw new FailedError(`there is no grant ${id} (kruispunt grant list)`);
  const { id: _, ...image } = found;
  return { id, image };
}

async function show(argv: readonly string[], { terminal, image }: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const found = numbered(await image('none'), onlyName(options, grantHelp));
  const each = { ...found.image, id: found.id };
  if (options.json) {
    terminal.print(JSON.stringify(data(each), null, 2));
    return 0;
  }
  const rows: readonly (readonly [string, string])[] = [
    ['grant', String(each.id)],
    ['party', each.party],
    ['as', identityText(each)],
    ['hoedanigheid', each.hoedanigheid ?? 'every one'],
    ['service', `${each.service} ${each.version}`],
    ['legal basis', each.legalBasis],
    ['period', period(each)],
    ...each.visible.map((path) => ['visible', path] as const),
  ];
  terminal.print(rows.map(([key, value]) => `${key.padEnd(13)}${value}`).join('\n'));
  return 0;
}

async function add(argv: readonly string[], desk: Desk): Promise<number> {
  const fields = ['party', 'uri', 'hoedanigheid', 'service', 'version', 'legal-basis', 'from', 'until'];
  const options = readOptions(argv, { one: fields, many: ['visible'] });
  if (options.positionals.length > 0) throw new UsageError(grantHelp);
  const raw = { ...options.given(...fields), visible: options.many('visible') };
  const after = shaped(grantShape, raw, grantHelp);
  if (after.visible.length === 0)
    throw new UsageError(`--visible: expected at least one path\n\n${grantHelp}`);
  const image = await desk.image('none');
  const twin = image.grants.find(({ id: _, ...each }) => same(rawGrant(each), rawGrant(after)));
  if (twin) throw new FailedError(`grant ${twin.id} says the same already`);
  await change(desk, image, [{ kind: 'grant', id: null, before: null, after }]);
  const added = (await desk.image('none')).grants.findLast((each) => same(rawGrant(each), rawGrant(after)));
  desk.terminal.print(
    options.json ? JSON.stringify(added ? data(added) : null, null, 2) : `added grant ${added?.id ?? ''}`,
  );
  return 0;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

async function alter(argv: readonly string[], desk: Desk): Promise<number> {
  const fields = ['legal-basis', 'from', 'until'];
  const options = readOptions(argv, { one: fields, many: ['add-visible', 'remove-visible'] });
  const image = await desk.image('none');
  const { id, image: before } = numbered(image, onlyName(options, grantHelp));
  const removed = options.many('remove-visible');
  const missing = removed.filter((path) => !before.visible.includes(path));
  if (missing.length > 0)
    throw new UsageError(
      `not there to be removed: ${missing.join(', ')}; there is ${before.visible.join(', ')}`,
    );
  const raw = {
    ...rawGrant(before),
    ...options.given(...fields),
    ...(options.one('until') === 'never' ? { until: undefined } : {}),
    visible: [...before.visible.filter((path) => !removed.includes(path)), ...options.many('add-visible')],
  };
  const after = shaped(grantShape, raw, grantHelp);
  if (same(rawGrant(after), rawGrant(before))) throw new UsageError(`nothing to change\n\n${grantHelp}`);
  await change(desk, image, [{ kind: 'grant', id, before, after }]);
  desk.terminal.print(options.json ? JSON.stringify(data({ ...after, id }), null, 2) : `changed grant ${id}`);
  return 0;
}

async function remove(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const image = await desk.image('none');
  const { id, image: before } = numbered(image, onlyName(options, grantHelp));
  await change(desk, image, [{ kind: 'grant', id, before, after: null }]);
  desk.terminal.print(options.json ? JSON.stringify({ removed: id }) : `removed grant ${id}`);
  return 0;
}
