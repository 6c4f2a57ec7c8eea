import { partyShape, readIdentity, writeMoment } from './configuration-fields.ts';
import {
  apply,
  type Desk,
  grantLabel,
  identityText,
  type PartyImage,
  partyNamed,
} from './configuration-image.ts';
import {
  certificateSubject,
  change,
  onlyName,
  readOptions,
  shaped,
  subVerbs,
} from './configuration-options.ts';
import { rawParty } from './configuration-raw.ts';
import { FailedError, table, UsageError } from './output.ts';

export const partyHelp = `kruispunt party list [--json]
kruispunt party show NAME [--json]
kruispunt party add --name NAME --cbe NUMBER --identity URI[:HOEDANIGHEID]… --certificate FILE|SUBJECT…
                    [--profile strict|magda-2.0|header-signature --profile-until DAY] [--network NETWORK]…
kruispunt party change NAME [--name NEW] [--cbe NUMBER] [--profile P] [--profile-until DAY]
                    [--add-identity URI[:HOEDANIGHEID]]… [--remove-identity URI[:HOEDANIGHEID]]…
                    [--add-certificate FILE|SUBJECT]… [--remove-certificate FILE|SUBJECT]…
                    [--add-network NETWORK]… [--remove-network NETWORK]…
kruispunt party remove NAME

Organisations, the certificates that prove them and the names (Afzender/Identificatie, with a hoedanigheid) they may
speak under. A party that may ask without and with a hoedanigheid has two identities. A certificate is a file, of which
the subject is kept, or that subject as text (CN=…,O=…). A profile other than strict ends on a day. A network is an address,
or a network such as 192.0.2.0/24 or 2001:db8::/32: what the party signs, and whoever fetches for it, then counts from there
alone. Without any it counts from everywhere.
`;

/** `kruispunt party`. */
export const party = subVerbs(partyHelp, { list, show, add, change: alter, remove });

async function list(argv: readonly string[], { terminal, image }: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const { parties, grants } = await image('none');
  if (options.json) terminal.print(JSON.stringify(parties.map(rawParty), null, 2));
  else
    terminal.print(
      table(
        ['party', 'CBE', 'profile', 'identities', 'certificates', 'grants'],
        parties.map((each) => [
          each.name,
          each.cbeNumber,
          profileText(each),
          String(each.identities.length),
          String(each.certificates.length),
          String(grants.filter((grant) => grant.party === each.name).length),
        ]),
      ),
    );
  return 0;
}

const profileText = ({ profile, profileUntil }: PartyImage) =>
  profileUntil === null ? profile : `${profile} until ${writeMoment(profileUntil)}`;

async function show(argv: readonly string[], { terminal, image }: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const all = await image('none');
  const found = partyNamed(all, onlyName(options, partyHelp));
  const grants = all.grants.filter((grant) => grant.party === found.name);
  if (options.json) {
    terminal.print(JSON.stringify({ ...rawParty(found), grants: grants.map(({ id }) => id) }, null, 2));
    return 0;
  }
  terminal.print(
    `party        ${found.name}\nCBE          ${found.cbeNumber}\nprofile      ${profileText(found)}`,
  );
  for (const identity of found.identities) terminal.print(`identity     ${identityText(identity)}`);
  for (const subject of found.certificates) terminal.print(`certificate  ${subject}`);
  for (const network of found.networks) terminal.print(`network      ${network}`);
  for (const grant of grants) terminal.print(grantLabel(grant));
  return 0;
}

async function add(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {
    one: ['name', 'cbe', 'profile', 'profile-until'],
    many: ['identity', 'certificate', 'network'],
  });
  if (options.positionals.length > 0) throw new UsageError(partyHelp);
  const raw = {
    ...options.given('name', 'cbe', 'profile', 'profile-until'),
    identities: options.many('identity').map(readIdentity),
    certificates: options.many('certificate').map((given) => certificateSubject(given, desk.clock)),
    networks: options.many('network'),
  };
  const after = shaped(partyShape, raw, partyHelp);
  const image = await desk.image('none');
  if (image.parties.some(({ name }) => name === after.name))
    throw new FailedError(`party ${after.name} exists already (kruispunt party change)`);
  await change(desk, image, [{ kind: 'party', before: null, after }]);
  desk.terminal.print(options.json ? JSON.stringify(rawParty(after), null, 2) : `added party ${after.name}`);
  return 0;
}

async function alter(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {
    one: ['name', 'cbe', 'profile', 'profile-until'],
    many: [
      ...['add-identity', 'remove-identity', 'add-certificate', 'remove-certificate'],
      ...['add-network', 'remove-network'],
    ],
  });
  const name = onlyName(options, partyHelp);
  const image = await desk.image('none');
  const before = partyNamed(image, name);
  const subjects = (option: string) =>
    options.many(option).map((given) => certificateSubject(given, desk.clock));
  const raw = {
    ...rawParty(before),
    ...options.given('name', 'cbe', 'profile', 'profile-until'),
    ...(options.one('profile') === 'strict' ? { 'profile-until': undefined } : {}),
    identities: withAndWithout(
      before.identities.map(identityText),
      options.many('add-identity').map(readIdentity).map(identityText),
      options.many('remove-identity').map(readIdentity).map(identityText),
    ).map(readIdentity),
    certificates: withAndWithout(
      before.certificates,
      subjects('add-certificate'),
      options
        .many('remove-certificate')
        .map((given) =>
          before.certificates.includes(given) ? given : certificateSubject(given, desk.clock),
        ),
    ),
    networks: withAndWithout(
      before.networks,
      options.many('add-network'),
      lowered(options.many('remove-network')),
    ),
  };
  const after = shaped(partyShape, raw, partyHelp);
  if (JSON.stringify(after) === JSON.stringify(before))
    throw new UsageError(`nothing to change\n\n${partyHelp}`);
  await change(desk, image, [{ kind: 'party', before, after }]);
  desk.terminal.print(
    options.json ? JSON.stringify(rawParty(after), null, 2) : `changed party ${after.name}`,
  );
  return 0;
}

const lowered = (networks: readonly string[]) => networks.map((each) => each.toLowerCase());

function withAndWithout(
  had: readonly string[],
  added: readonly string[],
  removed: readonly string[],
): readonly string[] {
  const missing = removed.filter((each) => !had.includes(each));
  if (missing.length > 0)
    throw new UsageError(
      `not there to be removed: ${missing.join(', ')}; there is ${had.join(', ') || 'nothing'}`,
    );
  return [...had.filter((each) => !removed.includes(each)), ...added];
}

async function remove(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, {});
  const name = onlyName(options, partyHelp);
  const before = partyNamed(await desk.image('none'), name);
  // The store tells by what the party is still referred to: registrations, too, of which there may be many.
  await apply(desk, [{ kind: 'party', before, after: null }]);
  desk.terminal.print(options.json ? JSON.stringify({ removed: name }) : `removed party ${name}`);
  return 0;
}
