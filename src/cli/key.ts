import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { pemCertificates } from '../wss/pem.ts';
import { issuerName, subjectName } from '../wss/subject-name.ts';
import { type Desk, partyNamed } from './configuration-image.ts';
import { certificateSubject, change, onlyName, readOptions } from './configuration-options.ts';
import { certificatesIn, diagnose } from './key-diagnose.ts';
import { type Foreseeing, forecast } from './key-forecast.ts';
import { FailedError, table, UsageError } from './output.ts';

export const keyHelp = `kruispunt key show [--json]
kruispunt key list [--party NAME] [--json]
kruispunt key add PARTY --certificate FILE|SUBJECT…
kruispunt key remove PARTY --certificate FILE|SUBJECT…
kruispunt key diagnose FILE [--chain FILE] [--at MOMENT] [--json]
kruispunt key forecast [--days N] [--json]

\`show\`: the bus's own certificate, the authorities it believes, each with the day it ends, and by which certificate
subjects each party is known. \`list\`: these subjects only. For a roll-over add the new subject, and remove the old one
when nobody signs with it any more; a new certificate with the same subject needs neither. \`diagnose\`: what the bus makes
of a certificate (PEM or DER), link by link to an authority, field by field, by the code that decides on messages, which asks
the responders that are configured; ends with 0 when a message signed with it would be relied on, else with 1. \`forecast\`: who stops working when, within so many days (90):
certificates, authorities, revocation lists, signature profiles, grants, and the bus's own certificates, by date.
`;

/** PEM texts, one certificate or several in each; \`bus\` null: nothing is configured and there is no demo world. */
export type Keys = { readonly bus: string | null; readonly authorities: readonly string[] };

/** What of this machine the verbs look at, each only when it is needed. */
export type KeySources = Foreseeing & {
  readonly keys: () => Keys;
  /** Keeps a certificate (DER) that was registered from its file, so that it is known when it ends. */
  readonly keep: (chain: readonly Buffer[]) => Promise<void>;
};

/** `kruispunt key`. */
export async function key(argv: readonly string[], desk: Desk, sources: KeySources): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb === 'show') return show(rest, desk, sources.keys());
  if (verb === 'list') return list(rest, desk);
  if (verb === 'add' || verb === 'remove') return alter(rest, desk, verb, sources.keep);
  if (verb === 'diagnose') return diagnose(rest, desk, sources.judging, keyHelp);
  if (verb === 'forecast') return forecast(rest, desk, sources, keyHelp);
  if (verb === 'change') throw new UsageError(`add the new certificate and remove the old one\n\n${keyHelp}`);
  throw new UsageError(keyHelp);
}

const DAY = 86_400_000;

const describe = (pem: string, now: Date) => {
  const certificate = new X509Certificate(pem);
  const until = certificate.validToDate;
  return {
    subject: subjectName(certificate),
    issuer: issuerName(certificate),
    serial: certificate.serialNumber,
    from: certificate.validFromDate.toISOString(),
    until: until.toISOString(),
    daysLeft: Math.floor((until.getTime() - now.getTime()) / DAY),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
};

const all = (texts: readonly string[], now: Date) =>
  texts.flatMap((text) => pemCertificates(text).map((pem) => describe(pem, now)));

async function subjects({ image }: Desk, party: string | null) {
  const configuration = await image('none');
  if (party !== null) partyNamed(configuration, party);
  return configuration.parties
    .filter(({ name }) => party === null || name === party)
    .flatMap(({ name, certificates }) => certificates.map((subject) => ({ party: name, subject })));
}

const subjectTable = (rows: readonly { readonly party: string; readonly subject: string }[]) =>
  table(
    ['party', 'subject of its certificate'],
    rows.map(({ party, subject }) => [party, subject]),
  );

async function show(argv: readonly string[], desk: Desk, keys: Keys): Promise<number> {
  const options = readOptions(argv, {});
  if (options.positionals.length > 0) throw new UsageError(keyHelp);
  const now = desk.clock.now();
  const bus = all(keys.bus === null ? [] : [keys.bus], now)[0] ?? null;
  const authorities = all(keys.authorities, now);
  const parties = await subjects(desk, null);
  if (options.json) {
    desk.terminal.print(JSON.stringify({ bus, authorities, parties }, null, 2));
    return 0;
  }
  const rows = [
    ...(bus ? [['the bus', bus] as const] : []),
    ...authorities.map((each) => ['authority', each] as const),
  ];
  desk.terminal.print(
    table(
      ['', 'subject', 'ends', 'days left', 'SHA-256'],
      rows.map(([what, { subject, until, daysLeft, fingerprint }]) => [
        ...[what, subject, until, daysLeft < 0 ? 'EXPIRED' : String(daysLeft), fingerprint.slice(0, 16)],
      ]),
    ),
  );
  if (bus === null) desk.terminal.print('the bus has no certificate: KRUISPUNT_SIGNING_CERT is not set');
  desk.terminal.print(`\n${subjectTable(parties)}`);
  return 0;
}

async function list(argv: readonly string[], desk: Desk): Promise<number> {
  const options = readOptions(argv, { one: ['party'] });
  if (options.positionals.length > 0) throw new UsageError(keyHelp);
  const rows = await subjects(desk, options.one('party'));
  desk.terminal.print(options.json ? JSON.stringify(rows, null, 2) : subjectTable(rows));
  return 0;
}

async function alter(
  argv: readonly string[],
  desk: Desk,
  verb: 'add' | 'remove',
  keep: KeySources['keep'],
): Promise<number> {
  const options = readOptions(argv, { many: ['certificate'] });
  const name = onlyName(options, keyHelp);
  const given = options.many('certificate');
  if (given.length === 0) throw new UsageError(`--certificate: expected a file or a subject\n\n${keyHelp}`);
  const image = await desk.image('none');
  const before = partyNamed(image, name);
  const meant = given.map((each) =>
    before.certificates.includes(each) ? each : certificateSubject(each, desk.clock),
  );
  const had = meant.filter((subject) => before.certificates.includes(subject));
  const wrong = verb === 'add' ? had : meant.filter((subject) => !had.includes(subject));
  if (wrong.length > 0) {
    const what = verb === 'add' ? 'is already known by' : 'is not known by';
    throw new FailedError(`${name} ${what} ${wrong.join(' and ')}`);
  }
  const certificates =
    verb === 'add'
      ? [...before.certificates, ...meant]
      : before.certificates.filter((subject) => !meant.includes(subject));
  await change(desk, image, [{ kind: 'party', before, after: { ...before, certificates } }]);
  if (verb === 'add')
    for (const file of given.filter((each) => existsSync(each))) await keep(certificatesIn(file));
  if (certificates.length === 0)
    desk.terminal.warn(`${name} has no certificate left: nothing it signs is believed`);
  desk.terminal.print(
    options.json
      ? JSON.stringify({ party: name, certificates }, null, 2)
      : `${verb === 'add' ? 'added' : 'removed'} ${meant.join(' and ')}`,
  );
  return 0;
}
