import { controlsText } from './configuration-controls.ts';
import { grantShape, writeMoment } from './configuration-fields.ts';
import {
  type Desk,
  type GrantImage,
  identityText,
  type Numbered,
  type Present,
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
import { rawGrant } from './configuration-raw.ts';
import {
  approval,
  approvalHelp,
  approve,
  reject,
  waitingData,
  waitingLines,
  waitsText,
} from './grant-approval.ts';
import { changedBy, controlOptions, controlsGiven, limitOptions, limitsGiven } from './grant-options.ts';
import { FailedError, table, UsageError } from './output.ts';

export const grantHelp = `kruispunt grant list [--party NAME] [--service NAME] [--json]
kruispunt grant list --waiting [--json]
kruispunt grant show NUMBER [--json]
kruispunt grant add --party NAME --uri URI [--hoedanigheid H] --service NAME --version NN.NN --legal-basis TEXT
                    --from DAY [--until DAY] --visible PATH… [--writable PATH]… [LIMITS] [CONTROLS]
kruispunt grant change NUMBER [--legal-basis TEXT] [--from DAY] [--until DAY|never]
                    [--add-visible PATH]… [--remove-visible PATH]… [--add-writable PATH]…
                    [--remove-writable PATH]… [LIMITS] [CONTROLS]
kruispunt grant remove NUMBER

What the law lets an identity of a party ask, and what it then sees. Without --hoedanigheid it holds for every capacity.
It begins at midnight (Belgian time) of --from and ends at midnight at the beginning of --until. A path is one of the
answer's content: A/B an element and its text, A/B/@c an attribute, A/B/** all of it, ** everything.
What a writing service may be sent is written the same way, below its question's content.

LIMITS     --population NAME        only about who is in that target population (kruispunt population)
           --data-from DAY          the first day about which data may be consulted
           --data-until DAY         the last one; for each of the three, none takes the limit away
           --encrypt on|off         whether all that is told goes encrypted to the certificate that signed the question
CONTROLS   --check-registration on|off, --check-population on|off, --check-period refuse|clip|off,
           --throttle MAX/MILLISECONDS|off: in the place of what the service's service.yaml says; service: as it says

${approvalHelp}`;

/** `kruispunt grant`. */
export const grant = subVerbs(grantHelp, {
  ...{ list, show, add, change: alter, remove },
  ...{ approve, reject, approval },
});

const data = (each: Numbered<GrantImage>) => ({ id: each.id, ...rawGrant(each) });
const period = ({ validFrom, validUntil }: GrantImage) =>
  `${writeMoment(validFrom)} to ${validUntil === null ? 'open' : writeMoment(validUntil)}`;

async function list(argv: readonly string[], desk: Desk): Promise<number> {
  const { terminal, image } = desk;
  const options = readOptions(argv, { one: ['party', 'service'], yes: ['waiting'] });
  if (options.yes('waiting')) return listWaiting(options, desk);
  const [party, service] = [options.one('party'), options.one('service')];
  const found = (await image('none')).grants.filter(
    (each) => (party === null || each.party === party) && (service === null || each.service === service),
  );
  if (options.json) terminal.print(JSON.stringify(found.map(data), null, 2));
  else
    terminal.print(
      table(
        ['grant', 'party', 'as', 'service', 'period', 'population', 'visible', 'writable'],
        found.map((each) => [
          String(each.id),
          each.party,
          identityText(each),
          `${each.service} ${each.version}`,
          period(each),
          each.population ?? 'everybody',
          each.visible.join(' ') || 'nothing',
          each.writable.join(' ') || 'nothing',
        ]),
      ),
    );
  if (!options.json) for (const line of await waitingLines(desk)) terminal.print(line);
  return 0;
}

async function listWaiting(options: Options, desk: Desk): Promise<number> {
  if (options.json) desk.terminal.print(JSON.stringify(await waitingData(desk), null, 2));
  else for (const line of (await waitingLines(desk)).slice(1)) desk.terminal.print(line);
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
    ...each.writable.map((path) => ['writable', path] as const),
    ['population', each.population ?? 'everybody'],
    ['data', `${each.dataFrom ?? 'ever'} to ${each.dataUntil ?? 'open'}`],
    ['answers', each.encrypted ? 'encrypted to the certificate that signed the question' : 'in the clear'],
    ['controls', controlsText(each.controls) || 'as the service says'],
  ];
  terminal.print(rows.map(([key, value]) => `${key.padEnd(13)}${value}`).join('\n'));
  return 0;
}

async function add(argv: readonly string[], desk: Desk): Promise<number> {
  const fields = [
    'party',
    'uri',
    'hoedanigheid',
    'service',
    'version',
    'legal-basis',
    'from',
    'until',
    'encrypt',
  ];
  const one = [...fields, ...limitOptions, ...controlOptions];
  const options = readOptions(argv, { one, many: ['visible', 'writable'] });
  if (options.positionals.length > 0) throw new UsageError(grantHelp);
  const raw = {
    ...options.given(...fields),
    ...limitsGiven(options),
    controls: controlsGiven(options, null),
    visible: options.many('visible'),
    writable: options.many('writable'),
  };
  const after = shaped(grantShape, raw, grantHelp);
  if (after.visible.length === 0)
    throw new UsageError(`--visible: expected at least one path\n\n${grantHelp}`);
  const image = await desk.image('none');
  const twin = image.grants.find(({ id: _, ...each }) => same(rawGrant(each), rawGrant(after)));
  if (twin) throw new FailedError(`grant ${twin.id} says the same already`);
  const [waits] = await change(desk, image, [{ kind: 'grant', id: null, before: null, after }]);
  if (waits !== undefined) return tellWaiting(options, desk, waits);
  const added = (await desk.image('none')).grants.findLast((each) => same(rawGrant(each), rawGrant(after)));
  desk.terminal.print(
    options.json ? JSON.stringify(added ? data(added) : null, null, 2) : `added grant ${added?.id ?? ''}`,
  );
  return 0;
}

function tellWaiting(options: Options, { terminal }: Desk, number: number): number {
  terminal.print(options.json ? JSON.stringify({ waiting: number }) : `it ${waitsText([number])}`);
  return 0;
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

async function alter(argv: readonly string[], desk: Desk): Promise<number> {
  const fields = ['legal-basis', 'from', 'until', 'encrypt'];
  const many = ['add-visible', 'remove-visible', 'add-writable', 'remove-writable'];
  const options = readOptions(argv, { one: [...fields, ...limitOptions, ...controlOptions], many });
  const image = await desk.image('none');
  const { id, image: before } = numbered(image, onlyName(options, grantHelp));
  const after = shaped(grantShape, changedBy(options, before, fields), grantHelp);
  if (same(rawGrant(after), rawGrant(before))) throw new UsageError(`nothing to change\n\n${grantHelp}`);
  const [waits] = await change(desk, image, [{ kind: 'grant', id, before, after }]);
  if (waits !== undefined) return tellWaiting(options, desk, waits);
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
