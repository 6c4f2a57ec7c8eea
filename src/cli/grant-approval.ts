import { type Desk, grantLabel, toldRefusals, type Waiting, withEdits } from './configuration-image.ts';
import { newMistakes } from './configuration-mistakes.ts';
import { numberIn, onlyName, readOptions } from './configuration-options.ts';
import { editLines } from './configuration-plan.ts';
import { rawGrant } from './configuration-raw.ts';
import { FailedError, UsageError } from './output.ts';

export const approvalHelp = `kruispunt grant approve NUMBER [--json]
kruispunt grant reject NUMBER [--json]
kruispunt grant approval [on|off] [--json]

approval: whether grants need a second person. With on, a grant that is added, or changed so that its party may do anything
more or on another legal basis, waits under a number until another user of the operating system approves it; what is in
force stays so meanwhile. Removing and narrowing down are done at once. list shows what waits, since when and by whom;
anybody may reject it. off waits for a second person itself.
`;

/** For `--json`; `grant` null: that grants need no second person any more. */
const data = ({ number, at, who, edit }: Waiting) => ({
  ...{ number, since: at, by: who },
  grant: edit && { id: edit.id, ...rawGrant(edit.after) },
});

/** What waits, for `kruispunt grant list`. */
export const waitingData = async ({ approvals }: Desk) => (await approvals.waitingGrants()).map(data);

/** For people: what each would add or change; empty when nothing waits. */
export async function waitingLines({ approvals }: Desk): Promise<readonly string[]> {
  const waiting = await approvals.waitingGrants();
  if (waiting.length === 0) return [];
  return [
    '',
    'waiting for a second person (kruispunt grant approve NUMBER):',
    ...waiting.flatMap((each) => [
      `${each.number}  since ${each.at.toISOString()}, asked for by ${each.who}`,
      ...linesOf(each).map((line) => `   ${line}`),
    ]),
  ];
}

function linesOf({ edit }: Waiting): readonly string[] {
  if (edit === null) return ['~ grants need no second person any more'];
  if (edit.before !== null) return editLines(edit);
  const { party: _, ...rest } = rawGrant(edit.after);
  return [
    ...editLines(edit),
    ...Object.entries(rest).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`),
  ];
}

/** That something was not done yet, for who asked for it. */
export const waitsText = (numbers: readonly number[]): string =>
  `${numbers.length === 1 ? 'waits' : 'wait'} for a second person: kruispunt grant approve ${numbers.join(', ')}`;

export async function approve(argv: readonly string[], desk: Desk): Promise<number> {
  const { options, number } = read(argv);
  await demandRight(desk, number);
  const done = await toldRefusals(() => desk.approvals.approveWaiting(number, desk.who));
  desk.terminal.print(options.json ? JSON.stringify(data(done), null, 2) : `approved: ${label(done)}`);
  return 0;
}

export async function reject(argv: readonly string[], desk: Desk): Promise<number> {
  const { options, number } = read(argv);
  const gone = await toldRefusals(() => desk.approvals.rejectWaiting(number, desk.who));
  desk.terminal.print(options.json ? JSON.stringify(data(gone), null, 2) : `rejected: ${label(gone)}`);
  return 0;
}

export async function approval(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const [wanted = null, ...rest] = options.positionals;
  if (rest.length > 0 || !(wanted === null || wanted === 'on' || wanted === 'off'))
    throw new UsageError(approvalHelp);
  const { approvals, terminal, who } = desk;
  if (wanted === 'on') await approvals.demandSecondPerson(who);
  const waits = wanted === 'off' ? await toldRefusals(() => approvals.askEndOfSecondPerson(who)) : null;
  const secondPerson = await approvals.grantsNeedSecondPerson();
  const now = secondPerson ? 'grants need a second person' : 'grants need no second person';
  if (options.json) terminal.print(JSON.stringify({ secondPerson, waits }));
  else terminal.print(waits === null ? now : `${now}; that it ends ${waitsText([waits])}`);
  return 0;
}

function read(argv: readonly string[]) {
  const options = readOptions(argv, {});
  return { options, number: numberIn(onlyName(options, approvalHelp), approvalHelp) };
}

const label = ({ edit }: Waiting) =>
  edit === null ? 'grants need no second person any more' : grantLabel({ ...edit.after, id: edit.id });

/** A contract or a party may have become another since it was asked for. */
async function demandRight(desk: Desk, number: number): Promise<void> {
  const edit = (await desk.approvals.waitingGrants()).find((each) => each.number === number)?.edit;
  if (!edit) return;
  const image = await desk.image('none');
  const found = newMistakes(image, withEdits(image, [edit]), desk);
  if (found.length > 0)
    throw new FailedError(found.map(({ name, message }) => `${name}: ${message}`).join('\n'));
}
