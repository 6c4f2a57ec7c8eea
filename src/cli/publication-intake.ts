import { type Intake, type IntakeProblem, type IntakeState, intakeStates } from '../exchange/intake.ts';
import type { Party } from '../exchange/party.ts';
import { numberIn, type Options, onlyName } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';

export const intakeHelp = `kruispunt publication intake list [--party NAME] [--state STATE] [--limit N] [--json]
kruispunt publication intake show NUMBER [--json]

The files that parties laid down: received, held (one before it has not come), validated, taking, taken, rejected.
\`show\` says what is wrong with one, and what to do.
`;

/** What the verb needs of the store. */
export type IntakeDesk = {
  readonly terminal: Terminal;
  readonly parties: () => Promise<readonly Party[]>;
  readonly intakes: (filter: {
    readonly partyId: number | null;
    readonly states: readonly IntakeState[] | null;
    readonly limit: number;
  }) => Promise<readonly Intake[]>;
  readonly intake: (id: number) => Promise<Intake | null>;
};

/** `kruispunt publication intake`. */
export async function intakeVerb(options: Options, desk: IntakeDesk): Promise<number> {
  const [verb] = options.positionals;
  const rest = { ...options, positionals: options.positionals.slice(1) };
  if (verb === 'list' && rest.positionals.length === 0) return list(rest, desk);
  if (verb === 'show') return show(rest, desk);
  throw new UsageError(intakeHelp);
}

const moment = (at: Date | null) => at?.toISOString() ?? '-';

async function list(options: Options, desk: IntakeDesk): Promise<number> {
  const [name, state] = [options.one('party'), options.one('state')];
  const known = intakeStates.find((each) => each === state);
  if (state !== null && !known) throw new UsageError(intakeHelp);
  const parties = await desk.parties();
  const party = name === null ? null : parties.find((each) => each.name === name);
  if (party === undefined) throw new FailedError(`there is no party ${name}`);
  const limit = numberIn(options.one('limit') ?? '50', intakeHelp);
  const states = known ? [known] : null;
  const intakes = await desk.intakes({ partyId: party?.id ?? null, states, limit });
  if (options.json) {
    desk.terminal.print(JSON.stringify({ intakes }, null, 2));
    return 0;
  }
  const nameOf = (id: number) => parties.find((each) => each.id === id)?.name ?? `party ${id}`;
  desk.terminal.print(
    table(
      ['intake', 'party', 'flow', 'number', 'state', 'taken', 'received', 'file'],
      intakes.map((each) => [
        ...[String(each.id), nameOf(each.partyId), `${each.service} ${each.version}`.trim() || '-'],
        ...[String(each.sequence), each.state, `${each.takenRecords} of ${each.records}`],
        ...[moment(each.at), each.fileName],
      ]),
    ),
  );
  return 0;
}

async function show(options: Options, desk: IntakeDesk): Promise<number> {
  const id = numberIn(onlyName(options, intakeHelp), intakeHelp);
  const found = await desk.intake(id);
  if (found === null) throw new FailedError(`there is no intake ${id} (kruispunt publication intake list)`);
  if (options.json) {
    desk.terminal.print(JSON.stringify(found, null, 2));
    return 0;
  }
  const { problems, ...rest } = found;
  const told = Object.entries(rest).map(([key, value]) => {
    const text = value instanceof Date ? moment(value) : value;
    return `${key.padEnd(16)}${String(text ?? '-')}`;
  });
  desk.terminal.print([...told, '', ...problems.map(inWords), '', advice(found)].join('\n'));
  return 0;
}

function inWords({ code, record, reference, detail }: IntakeProblem): string {
  const named = reference === null ? '' : ` (${reference})`;
  return `${code}  ${record === null ? '' : `record ${record}${named}: `}${detail}`;
}

function advice({ state, sequence }: Intake): string {
  if (state === 'held')
    return `It waits for number ${sequence - 1} of its flow, which its party has to lay down: docs/operating.md#a-file-is-held`;
  if (state === 'rejected')
    return (
      'Nothing of it was taken. Its party has the receipt, and may lay a mended file down under the same number, with' +
      ' another voucher: docs/operating.md#a-file-was-rejected'
    );
  if (state === 'taken') return 'All of it was taken.';
  return 'It is being worked on. Where that lasts: docs/operating.md#a-file-is-not-taken';
}
