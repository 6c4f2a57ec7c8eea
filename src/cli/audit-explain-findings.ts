import { localMoment } from '../dialect/magda-time.ts';
import type { KeptExchange } from '../exchange/audit.ts';
import { networks } from '../exchange/networks.ts';
import type { Identity } from '../exchange/party.ts';
import type { Service } from '../exchange/service.ts';
import { notForEncryption } from './audit-explain-encryption.ts';
import { limits, writing } from './audit-explain-limits.ts';
import { command, type Findings, nothing, type Scene } from './audit-explain-scene.ts';
import { writeMoment } from './configuration-fields.ts';
import {
  type GrantImage,
  grantLabel,
  identityText,
  type Numbered,
  type PartyImage,
  type Present,
  registrationLabel,
} from './configuration-image.ts';

export function findingsOf(scene: Scene): Findings {
  const { code } = scene.exchange;
  if (code === '13001') return authorisation(scene);
  if (code === '99995') return throttled(scene);
  if (code === '40003') return registration(scene);
  if (code === 'ERR_025') return signature(scene);
  if (code === '15021') return filtering(scene);
  if (code === '40006') return writing(scene);
  if (code === '40004' || code === '40005') return limits(scene, code);
  if (code !== null && /^(6000[679]|60011|60013|9999[467])$/.test(code)) return sourceTrouble(scene);
  return nothing;
}

/** As whom the sender spoke: what the audit established, or else what the reason of the refusal quotes. */
function claimOf({ uri, hoedanigheid, reason }: KeptExchange): Identity | null {
  if (uri !== null) return { uri, hoedanigheid };
  const claimed = /may not speak for (.+) \(hoedanigheid (.+)\)$/.exec(reason ?? '');
  if (claimed?.[1])
    return { uri: claimed[1], hoedanigheid: claimed[2] === 'none' ? null : (claimed[2] ?? null) };
  const granted = / as (.+) today$/.exec(reason ?? '');
  return granted?.[1] ? { uri: granted[1], hoedanigheid: null } : null;
}

function authorisation({ exchange, image, now }: Scene): Findings {
  const party = image.parties.find(({ name }) => name === exchange.party);
  const claim = claimOf(exchange);
  const line = /^the connection is that of (.+), the message was signed by /.exec(exchange.reason ?? '')?.[1];
  if (line !== undefined) return strangeLine(line, party);
  const address = /^(\S+) is in none of the networks of /.exec(exchange.reason ?? '')?.[1];
  if (address !== undefined) return strangePlace(address, party);
  const unfit = notForEncryption(exchange, party);
  if (unfit) return unfit;
  if (!party || !claim || exchange.service === null || exchange.version === null) return nothing;
  const spoken = party.identities.some(
    ({ uri, hoedanigheid }) =>
      uri === claim.uri && (hoedanigheid === claim.hoedanigheid || !knowsCapacity(exchange)),
  );
  const grants = image.grants.filter((grant) => grant.party === party.name);
  const asked: Asked = {
    ...{ service: exchange.service, version: exchange.version, claim },
    capacity: knowsCapacity(exchange),
  };
  const judged = grants
    .map((grant) => ({ grant, because: whyNot(grant, asked, exchange.receivedAt) }))
    .toSorted((a, b) => a.because.length - b.because.length);
  const identity = {
    what: `party ${party.name}, identities ${party.identities.map(identityText).join(', ') || 'none'}`,
    because: spoken ? [] : [`${identityText(claim)} is none of them`],
  };
  const granted = grants.some((grant) => whyNot(grant, asked, now).length === 0);
  return {
    considered: [identity, ...judged.map(({ grant, because }) => ({ what: grantLabel(grant), because }))],
    remedies: [
      ...(spoken ? [] : [command('party', 'change', party.name, '--add-identity', identityWords(claim))]),
      ...(judged[0]?.because.length === 0 || granted
        ? []
        : [grantRemedy(judged[0]?.grant ?? null, party, asked, exchange)]),
    ],
    passesNow: spoken && granted,
  };
}

/** One party's message on the connection of another, or of nobody. */
const strangeLine = (line: string, party: PartyImage | undefined): Findings => ({
  considered: [
    {
      what: `the certificate of the connection (KRUISPUNT_TLS_CLIENT_CA): ${line}`,
      because: [`it has to be one of ${party?.name ?? 'the party that signed'}`],
    },
  ],
  remedies: party
    ? [command('party', 'change', party.name, '--add-certificate', 'the certificate of the connection')]
    : [],
  passesNow: null,
});

/** A message that came from nowhere its party comes from. */
function strangePlace(address: string, party: PartyImage | undefined): Findings {
  if (!party) return nothing;
  const { name, networks: own } = party;
  const comes = own.length === 0 || networks(own).hold(address);
  return {
    considered: [
      {
        what: `party ${name}, networks ${own.join(', ') || 'none: from everywhere'}`,
        because: comes ? [] : [`${address} is in none of them`],
      },
    ],
    remedies: comes ? [] : [command('party', 'change', name, '--add-network', address)],
    passesNow: comes,
  };
}

/** A refusal before the sender was established tells the uri only. */
const knowsCapacity = ({ uri, reason }: KeptExchange) =>
  uri !== null || (reason ?? '').includes('may not speak for');

// A trailing colon keeps what stands before it whole.
const identityWords = (identity: Identity) =>
  identity.hoedanigheid === null && /:[^/]*$/.test(identity.uri)
    ? `${identity.uri}:`
    : identityText(identity);

type Asked = {
  readonly service: string;
  readonly version: string;
  readonly claim: Identity;
  /** Whether the hoedanigheid of the claim is known. */
  readonly capacity: boolean;
};

/** Every reason why a grant does not hold for what was asked at that moment. */
function whyNot(
  grant: GrantImage,
  { service, version, claim, capacity }: Asked,
  at: Date,
): readonly string[] {
  const found: string[] = [];
  if (grant.service !== service) found.push(`it is for the service ${grant.service}, not ${service}`);
  else if (grant.version !== version) found.push(`it is for version ${grant.version}, not ${version}`);
  if (grant.uri !== claim.uri) found.push(`it is for ${grant.uri}, not ${claim.uri}`);
  if (capacity && grant.hoedanigheid !== null && grant.hoedanigheid !== claim.hoedanigheid)
    found.push(`it is for hoedanigheid ${grant.hoedanigheid}, not ${claim.hoedanigheid ?? 'none'}`);
  if (at < grant.validFrom) found.push(`it begins on ${writeMoment(grant.validFrom)}`);
  if (grant.validUntil !== null && at >= grant.validUntil)
    found.push(`it ended on ${writeMoment(grant.validUntil)}`);
  return found;
}

function grantRemedy(
  nearest: Numbered<GrantImage> | null,
  party: PartyImage,
  asked: Asked,
  exchange: KeptExchange,
): string {
  const [only, ...others] = nearest ? whyNot(nearest, asked, exchange.receivedAt) : [];
  if (nearest && others.length === 0 && only?.startsWith('it ended'))
    return command('grant', 'change', String(nearest.id), '--until', 'never');
  if (nearest && others.length === 0 && only?.startsWith('it begins'))
    return command('grant', 'change', String(nearest.id), '--from', localMoment(exchange.receivedAt).date);
  const { claim, service, version } = asked;
  return command(
    ...['grant', 'add', '--party', party.name, '--uri', claim.uri],
    ...(claim.hoedanigheid === null ? [] : ['--hoedanigheid', claim.hoedanigheid]),
    ...['--service', service, '--version', version, '--legal-basis', 'the law it rests on'],
    ...['--from', localMoment(exchange.receivedAt).date, '--visible', 'PATH'],
  );
}

function registration({ exchange, image, now }: Scene): Findings {
  // What a message is about is only in the record once a stage has established it.
  const [about] = exchange.subjects;
  if (about?.number === null)
    return { ...nothing, considered: [{ what: `the ${about.kind} it is about`, because: [about.why] }] };
  const subject = about ?? null;
  const day = localMoment(exchange.receivedAt).date;
  if (exchange.party === null) return nothing;
  const capacity = exchange.hoedanigheid;
  const why = (each: Present['registrations'][number], on: string): readonly string[] => [
    ...(each.party === exchange.party ? [] : ["it is another party's"]),
    ...(capacity === null || each.hoedanigheid === capacity
      ? []
      : [`it is in hoedanigheid ${each.hoedanigheid}, not ${capacity}`]),
    ...(on < each.begin ? [`it begins on ${each.begin}`] : []),
    ...(each.end !== null && on > each.end ? [`it ended on ${each.end}`] : []),
  ];
  const lines = image.registrations.filter(
    (each) => each.subject.kind === subject?.kind && each.subject.number === subject.number,
  );
  const party = image.parties.find(({ name }) => name === exchange.party);
  const inCapacity = capacity ?? party?.identities.find(({ hoedanigheid }) => hoedanigheid)?.hoedanigheid;
  return {
    considered: lines.map((each) => ({ what: registrationLabel(each), because: why(each, day) })),
    remedies: [
      command(
        ...['registration', 'add', '--party', exchange.party, '--hoedanigheid', inCapacity ?? 'HOEDANIGHEID'],
        ...[`--${subject?.kind ?? 'person'}`, subject?.number ?? 'NUMBER', '--begin', day],
      ),
    ],
    passesNow: subject && lines.some((each) => why(each, localMoment(now).date).length === 0),
  };
}

function signature({ exchange, image }: Scene): Findings {
  const subject = /^certificate (.+) is registered to no party$/.exec(exchange.reason ?? '')?.[1];
  if (subject) {
    const owner = image.parties.find(({ certificates }) => certificates.includes(subject));
    return {
      considered: [
        {
          what: `certificate subject ${subject}`,
          because: owner ? [] : ['no party has registered it'],
        },
      ],
      remedies: owner ? [] : [command('key', 'add', 'PARTY', '--certificate', subject)],
      passesNow: owner !== undefined,
    };
  }
  // As src/wss/explain-chain.ts says it.
  const untrusted = /^(.+) \(\w+ of (certificate \d+ of \d+, .+); to mend it: (.+)\)$/.exec(
    exchange.reason ?? '',
  );
  const [, says, link, mend] = untrusted ?? [];
  if (says && link && mend)
    return {
      considered: [{ what: link, because: [says] }],
      remedies: [mend, command('key', 'diagnose', 'FILE')],
      passesNow: null,
    };
  const lax = /needs profile (\S+), (.+) has (\S+)$/.exec(exchange.reason ?? '');
  const [, profile, name, has] = lax ?? [];
  if (!profile || !name || !has) return nothing;
  const party = image.parties.find((each) => each.name === name);
  return {
    considered: [{ what: `party ${name}, profile ${has}`, because: [`the message needs ${profile}`] }],
    remedies: [
      'the client signs as profile strict asks, or, for as long as that takes:',
      command('party', 'change', name, '--profile', profile, '--profile-until', 'DAY'),
    ],
    passesNow: party?.profile === profile,
  };
}

function throttled({ exchange, image }: Scene): Findings {
  const grant = image.grants.find(({ id }) => id === exchange.grantId);
  if (!grant) return nothing;
  const { throttle } = grant.controls;
  const own = throttle === null ? 'as service.yaml says' : JSON.stringify(throttle);
  return {
    considered: [{ what: `${grantLabel(grant)}, throttle ${own}`, because: [exchange.reason ?? ''] }],
    remedies: [command('grant', 'change', String(grant.id), '--throttle', 'MAX/MILLISECONDS')],
    passesNow: null,
  };
}

function filtering({ exchange, image }: Scene): Findings {
  const grant = image.grants.find(({ id }) => id === exchange.grantId);
  if (!grant) return nothing;
  return {
    considered: [
      {
        what: grantLabel(grant),
        because: [`it shows ${grant.visible.join(', ') || 'nothing'}, and the answer held none of that`],
      },
    ],
    remedies: [command('grant', 'change', String(grant.id), '--add-visible', 'PATH')],
    passesNow: null,
  };
}

function sourceTrouble({ exchange, image, services }: Scene): Findings {
  const service = services.find(
    ({ rules }) => rules.name === exchange.service && rules.version === exchange.version,
  );
  const asked = exchange.sources.filter(({ outcome }) => outcome !== 'answered');
  const names = asked.length > 0 ? asked.map(({ source }) => source) : unsetSources(service, image);
  const sources = names.map((name) => ({ name, source: image.sources.find((each) => each.name === name) }));
  return {
    considered: sources.map(({ name, source }) => {
      const trace = asked.find((each) => each.source === name);
      const took = trace ? [`it took ${trace.ms.toFixed(0)} ms and ended with ${trace.outcome}`] : [];
      const now = source ? `deadline ${source.deadline} ms, ${source.url ?? 'no address'}` : 'not configured';
      return { what: `source ${name} (${now})`, because: took };
    }),
    remedies: sources.flatMap(({ name, source }) => sourceRemedy(name, source ?? null, exchange.code)),
    passesNow: exchange.code === '60011' ? sources.every(({ source }) => source?.url) : null,
  };
}

const unsetSources = (service: Service | undefined, { sources }: Present): readonly string[] =>
  (service?.rules.sources?.options ?? [])
    .map(({ source }) => source)
    .filter((name) => !sources.some((each) => each.name === name && each.url !== null));

function sourceRemedy(name: string, source: Present['sources'][number] | null, code: string | null) {
  if (source === null) return [command('source', 'add', name, '--kind', 'soap', '--url', 'URL')];
  if (code === '60011' || code === '99997') return [command('source', 'change', name, '--url', 'URL')];
  if (code !== '99996') return [];
  return [command('source', 'change', name, '--deadline', String(Math.min(source.deadline * 2, 15_000)))];
}
