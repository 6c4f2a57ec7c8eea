import { X509Certificate } from 'node:crypto';
import type { AnswerState } from '../wss/answer-state.ts';
import type { Explanation } from '../wss/chain-link.ts';
import { pemCertificates } from '../wss/pem.ts';
import type { ListState } from '../wss/revocation-state.ts';
import { subjectName } from '../wss/subject-name.ts';
import type { ConfigurationImage, Desk, GrantImage } from './configuration-image.ts';
import { readOptions } from './configuration-options.ts';
import type { Judging } from './key-diagnose.ts';
import { table, UsageError } from './output.ts';

/** A certificate that was relied on here, or registered from its file, with what came along; DER. */
export type SeenCertificate = { readonly chain: readonly Buffer[] };

/** A certificate of the bus itself. */
export type OwnCertificate = { readonly what: string; readonly setting: string; readonly pem: string };

export type Foreseeing = {
  readonly judging: () => Judging;
  readonly seen: () => readonly SeenCertificate[];
  readonly own: () => readonly OwnCertificate[];
};

/** What ends, when, and who stops working then. */
type Ending = {
  /** null: not known. */
  readonly at: Date | null;
  readonly who: string;
  readonly what: string;
  readonly mend: string;
};

const DAY = 86_400_000;
const EVERYBODY = 'everybody';

/** `kruispunt key forecast`: which parties stop working when, by what the bus knows now. */
export async function forecast(
  argv: readonly string[],
  desk: Desk,
  { judging, seen, own }: Foreseeing,
  usage: string,
): Promise<number> {
  const options = readOptions(argv, { one: ['days'] });
  const days = options.one('days') ?? '90';
  if (options.positionals.length > 0 || !/^\d{1,5}$/.test(days)) throw new UsageError(usage);
  const now = desk.clock.now();
  const last = now.getTime() + Number(days) * DAY;
  const image = await desk.image('none');
  const judge = judging();
  const certificates = seen();
  await judge.learn(certificates.flatMap(({ chain }) => judge.explain(chain, now).questions));
  const known = ofParties(image, certificates, judge, now);
  const endings = [
    ...known.flatMap(({ endings }) => endings),
    ...ofAuthorities(judge, known),
    ...ofLists(judge.lists(now), known),
    ...ofAnswers(judge.answers(now), known),
    ...ofProfiles(image),
    ...ofGrants(image.grants, now),
    ...own().flatMap(ofOwn),
  ]
    .filter(({ at }) => at === null || at.getTime() <= last)
    .sort(
      (a, b) => (a.at?.getTime() ?? Number.POSITIVE_INFINITY) - (b.at?.getTime() ?? Number.POSITIVE_INFINITY),
    );
  const daysLeft = (at: Date) => Math.floor((at.getTime() - now.getTime()) / DAY);
  if (options.json) {
    const told = endings.map((each) => ({ ...each, daysLeft: each.at && daysLeft(each.at) }));
    desk.terminal.print(JSON.stringify(told, null, 2));
    return 0;
  }
  if (endings.length === 0) desk.terminal.print(`nothing that is known ends within ${days} days`);
  else
    desk.terminal.print(
      table(
        ['ends', 'days left', 'who', 'what', 'to mend it'],
        endings.map(({ at, who, what, mend }) => [
          ...[at?.toISOString() ?? 'not known', at ? (at < now ? 'ENDED' : String(daysLeft(at))) : ''],
          ...[who, what, mend],
        ]),
      ),
    );
  return 0;
}

type Known = {
  readonly party: string;
  readonly explanation: Explanation | null;
  readonly endings: readonly Ending[];
};

/** Each subject by the latest of its certificates that was seen: with that one its party goes on. */
function ofParties(
  { parties }: ConfigurationImage,
  seen: readonly SeenCertificate[],
  { explain }: Judging,
  now: Date,
): readonly Known[] {
  const explained = seen.map(({ chain }) => explain(chain, now));
  return parties.flatMap(({ name: party, certificates }) =>
    certificates.map((subject): Known => {
      const own = explained.filter(({ links }) => links[0]?.certificate.subject === subject);
      const [first, ...rest] = own;
      if (!first) {
        const what = `certificate ${subject}: none was seen here`;
        const mend = 'it is known once it was used, or by key add with its file';
        return { party, explanation: null, endings: [{ at: null, who: party, what, mend }] };
      }
      const latest = rest.reduce((a, b) => (endOf(b) > endOf(a) ? b : a), first);
      return { party, explanation: latest, endings: endingsOf(party, latest, now) };
    }),
  );
}

const endOf = ({ links }: Explanation) => links[0]?.validUntil.getTime() ?? 0;

function endingsOf(party: string, { links, fault }: Explanation, now: Date): readonly Ending[] {
  const ended = links.some(({ validUntil }) => validUntil < now);
  const sent = links.flatMap(({ certificate, validUntil, file }, index): Ending[] =>
    file !== null
      ? []
      : [
          {
            at: validUntil,
            who: party,
            what: `${index === 0 ? 'certificate' : 'intermediate, sent along,'} ${certificate.subject}`,
            mend: 'the party signs with a renewed one',
          },
        ],
  );
  if (fault === null || ended) return sent;
  return [{ at: now, who: party, what: `is not relied on: ${fault}`, mend: 'key diagnose' }, ...sent];
}

function ofAuthorities({ authorities }: Judging, known: readonly Known[]): readonly Ending[] {
  const configured = authorities();
  return configured.flatMap(({ certificate, file }): Ending[] => {
    const subject = subjectName(certificate);
    const isRenewed = configured.some(
      (other) =>
        subjectName(other.certificate) === subject && other.certificate.validToDate > certificate.validToDate,
    );
    if (isRenewed) return [];
    const who = through(known, ({ links }) =>
      links.slice(1).some((link) => link.certificate.subject === subject),
    );
    const mend = `its renewal beside it in ${file} (KRUISPUNT_AUTHORITIES)`;
    return [{ at: certificate.validToDate, who, what: `authority ${subject}`, mend }];
  });
}

const ofLists = (lists: readonly ListState[], known: readonly Known[]): readonly Ending[] =>
  lists.flatMap(({ name, state, issuer, goodUntil }): Ending[] => {
    const who = through(known, ({ links }) => links.some((link) => link.certificate.issuer === issuer));
    const mend = 'a newer one there (KRUISPUNT_REVOCATION_LISTS)';
    if (state === 'missing')
      return [{ at: null, who: EVERYBODY, what: `revocation list ${name}: never got`, mend }];
    return goodUntil === null
      ? []
      : [{ at: goodUntil, who, what: `revocation list ${name} of ${issuer}`, mend }];
  });

/** Each responder by the first of its answers that ends: if it goes on answering none does. */
const ofAnswers = (answers: readonly AnswerState[], known: readonly Known[]): readonly Ending[] =>
  [...new Set(answers.map(({ name }) => name))].flatMap((name): Ending[] => {
    const own = answers.filter((each) => each.name === name);
    const ends = own.flatMap(({ goodUntil }) => (goodUntil === null ? [] : [goodUntil.getTime()]));
    const who = through(known, ({ links }) =>
      links.some(({ certificate }) => own.some(({ subject }) => subject === certificate.subject)),
    );
    const mend = 'it must go on answering (KRUISPUNT_OCSP_RESPONDERS)';
    return ends.length === 0
      ? []
      : [{ at: new Date(Math.min(...ends)), who, what: `answers of ${name}`, mend }];
  });

/** Those who need it to be relied on, as far as is known. */
function through(known: readonly Known[], needs: (explanation: Explanation) => boolean): string {
  const names = known.filter(({ explanation }) => explanation !== null && needs(explanation));
  return [...new Set(names.map(({ party }) => party))].join(', ') || 'nobody who was seen';
}

const ofProfiles = ({ parties }: ConfigurationImage): readonly Ending[] =>
  parties.flatMap(({ name, profile, profileUntil }): Ending[] =>
    profileUntil === null
      ? []
      : [
          {
            at: profileUntil,
            who: name,
            what: `signature profile ${profile}`,
            mend: 'the party signs as strict demands, then party change --profile strict',
          },
        ],
  );

/** What ended is over; what another grant goes on with does not end. */
function ofGrants(grants: ConfigurationImage['grants'], now: Date): readonly Ending[] {
  const sameAs = (one: GrantImage) => (other: GrantImage) =>
    [one.party, one.uri, one.hoedanigheid, one.service, one.version].join('\n') ===
    [other.party, other.uri, other.hoedanigheid, other.service, other.version].join('\n');
  return grants.flatMap((grant): Ending[] => {
    const { id, party, service, version, validUntil } = grant;
    if (validUntil === null || validUntil < now) return [];
    const goesOn = grants
      .filter(sameAs(grant))
      .some(
        (other) =>
          other.validFrom <= validUntil && (other.validUntil === null || other.validUntil > validUntil),
      );
    const what = `grant ${id} for ${service} ${version}`;
    return goesOn ? [] : [{ at: validUntil, who: party, what, mend: 'grant add, if the law goes on' }];
  });
}

const ofOwn = ({ what, setting, pem }: OwnCertificate): readonly Ending[] =>
  pemCertificates(pem).map((each) => {
    const certificate = new X509Certificate(each);
    return {
      at: certificate.validToDate,
      who: EVERYBODY,
      what: `${what} ${subjectName(certificate)}`,
      mend: `a renewed one (${setting}), and a restart`,
    };
  });
