import { existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../exchange/clock.ts';
import type { PickupAccess } from '../exchange/pickup.ts';
import { readMoment, writeMoment } from './configuration-fields.ts';
import { onlyName, readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, table, UsageError } from './output.ts';

export const pickupHelp = `kruispunt pickup list [--party NAME] [--json]
kruispunt pickup add PARTY --user NAME (--key FILE | --password) [--until DAY] [--json]
kruispunt pickup remove NAME

Under which user names parties fetch their files over SFTP (by key or password) and HTTPS (by password).

  --user NAME   letters, digits, . _ and -; no other access has it
  --key FILE    the public key (.pub), or several, one a line: for a roll-over both the old and the new one
  --password    a password is made, shown once, and kept only as scrypt leaves it
  --until DAY   the access ends at midnight (Belgian time) at the beginning of this day

What is removed opens nothing more, also for who is in at that moment. Changes are recorded (kruispunt audit changes).
`;

type Needs = {
  readonly terminal: Terminal;
  readonly who: string;
  readonly clock: Clock;
  readonly parties: () => Promise<readonly { readonly id: number; readonly name: string }[]>;
  readonly pickupAccesses: () => Promise<readonly PickupAccess[]>;
  readonly addPickupAccess: (access: Omit<PickupAccess, 'id'>, who: string) => Promise<PickupAccess>;
  readonly removePickupAccess: (userName: string, who: string) => Promise<boolean>;
  /** Throws an Error that says what is wrong with the text. */
  readonly readPublicKeys: (text: string) => readonly { readonly line: string }[];
  readonly newPassword: () => string;
  readonly hashPassword: (password: string) => Promise<string>;
};

/** `kruispunt pickup`. */
export async function pickup(argv: readonly string[], needs: Needs): Promise<number> {
  const [verb = '', ...rest] = argv;
  if (verb === 'list') return list(rest, needs);
  if (verb === 'add') return add(rest, needs);
  if (verb === 'remove') return remove(rest, needs);
  throw new UsageError(verb === '' ? pickupHelp : `there is no ${verb} here\n\n${pickupHelp}`);
}

const until = (access: Pick<PickupAccess, 'validUntil'>) =>
  access.validUntil === null ? null : writeMoment(access.validUntil);

async function partyNamed(needs: Needs, name: string) {
  const found = (await needs.parties()).find((party) => party.name === name);
  if (!found) throw new FailedError(`there is no party ${name}`);
  return found;
}

async function list(argv: readonly string[], needs: Needs): Promise<number> {
  const options = readOptions(argv, { one: ['party'] });
  if (options.positionals.length > 0) throw new UsageError(pickupHelp);
  const only = options.one('party');
  if (only !== null) await partyNamed(needs, only);
  const names = new Map((await needs.parties()).map(({ id, name }) => [id, name]));
  const rows = (await needs.pickupAccesses())
    .map((access) => ({
      user: access.userName,
      party: names.get(access.partyId) ?? '',
      by: access.kind,
      until: until(access),
      ...(access.kind === 'key' ? { keys: access.secret.split('\n') } : {}),
    }))
    .filter(({ party }) => only === null || party === only);
  needs.terminal.print(
    options.json
      ? JSON.stringify(rows, null, 2)
      : table(
          ['user', 'party', 'by', 'until'],
          rows.map((row) => [row.user, row.party, row.by, row.until ?? 'open']),
        ),
  );
  return 0;
}

async function add(argv: readonly string[], needs: Needs): Promise<number> {
  const options = readOptions(argv, { one: ['user', 'key', 'until'], yes: ['password'] });
  const party = onlyName(options, pickupHelp);
  const userName = options.one('user') ?? '';
  const file = options.one('key');
  const mistakes = [
    ...(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(userName)
      ? []
      : ['--user: expected letters, digits, . _ and -, at most 64']),
    ...((file === null) === !options.yes('password') ? ['expected either --key FILE or --password'] : []),
  ];
  const day = options.one('until');
  const validUntil = day === null ? null : readMoment(day);
  if (day !== null && validUntil === null) mistakes.push('--until: expected a day, yyyy-mm-dd');
  if (mistakes.length > 0) throw new UsageError(`${mistakes.join('\n')}\n\n${pickupHelp}`);
  if (validUntil !== null && validUntil <= needs.clock.now()) throw new FailedError('--until: that is over');
  const { id: partyId } = await partyNamed(needs, party);
  const password = file === null ? needs.newPassword() : null;
  const proof =
    password === null
      ? ({ kind: 'key', secret: keysIn(file ?? '', needs) } as const)
      : ({ kind: 'password', secret: await needs.hashPassword(password) } as const);
  await added(needs, { partyId, userName, validUntil, ...proof });
  if (options.json)
    needs.terminal.print(JSON.stringify({ party, user: userName, by: proof.kind, password }, null, 2));
  else
    needs.terminal.print(
      `added ${userName} for ${party}${password === null ? '' : `; password, shown once: ${password}`}`,
    );
  return 0;
}

async function added(needs: Needs, access: Omit<PickupAccess, 'id'>): Promise<void> {
  if ((await needs.pickupAccesses()).some(({ userName }) => userName === access.userName))
    throw new FailedError(`there is an access of the name ${access.userName} already`);
  await needs.addPickupAccess(access, needs.who);
}

function keysIn(file: string, { readPublicKeys }: Needs): string {
  if (!existsSync(file)) throw new UsageError(`--key ${file}: there is no such file`);
  try {
    return readPublicKeys(readFileSync(file, 'utf8'))
      .map(({ line }) => line)
      .join('\n');
  } catch (cause) {
    throw new FailedError(`--key ${file}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function remove(argv: readonly string[], needs: Needs): Promise<number> {
  const options = readOptions(argv, {});
  const userName = onlyName(options, pickupHelp);
  if (!(await needs.removePickupAccess(userName, needs.who)))
    throw new FailedError(`there is no access of the name ${userName}`);
  needs.terminal.print(options.json ? JSON.stringify({ removed: userName }) : `removed ${userName}`);
  return 0;
}
