import { z } from 'zod';
import { localMoment } from '../dialect/magda-time.ts';
import { isDay } from '../exchange/days.ts';
import { publicationKinds } from '../exchange/publication.ts';
import { sourceDefaults } from '../exchange/source.ts';
import { isStructured } from '../exchange/subject-number.ts';
import { controlsShape, switched } from './configuration-controls.ts';
import { network } from './network-field.ts';

/** What each value of the configuration must look like, on the command line and in a file alike. */

const LONGEST_DEADLINE = 15_000;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** A day is its first moment in Belgium; a moment of the day is written with its zone. */
export function readMoment(text: string): Date | null {
  if (DAY.test(text)) {
    if (!isDay(text)) return null;
    const utc = Date.parse(`${text}T00:00:00Z`);
    const hours = [0, 1, 2].map((hour) => new Date(utc - hour * 3_600_000));
    return hours.find((at) => writeMoment(at) === text) ?? null;
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) || !isDay(text.slice(0, 10)) ? null : at;
}

export function writeMoment(at: Date): string {
  const { date, time } = localMoment(at);
  return time === '00:00:00.000' ? date : at.toISOString();
}

/**
 * `uri` or `uri:hoedanigheid`. A colon that a slash follows later belongs to the uri; a last `:` says there is none.
 * After an organisation's number the rest is its legal context, which may have colons of its own.
 */
export function readIdentity(text: string): { uri: string; hoedanigheid: string | null } {
  const organisation = /^(\d{10}|\d{1,3}\/\d{1,3}):(.+)$/.exec(text);
  if (organisation) return { uri: organisation[1] ?? '', hoedanigheid: organisation[2] ?? null };
  const colon = text.lastIndexOf(':');
  if (colon < 1 || text.slice(colon).includes('/')) return { uri: text, hoedanigheid: null };
  return { uri: text.slice(0, colon), hoedanigheid: text.slice(colon + 1) || null };
}

const quoted = (what: string) => z.string(`expected ${what}, in quotes`);
const name = z
  .string('expected a name')
  .trim()
  .min(1, 'must not be empty')
  .max(255, 'at most 255 characters');
const moment = quoted('yyyy-mm-dd').transform((text, context) => {
  const at = readMoment(text);
  if (at) return at;
  context.addIssue({ code: 'custom', message: 'expected a day that exists, yyyy-mm-dd' });
  return z.NEVER;
});
const day = quoted('yyyy-mm-dd').refine(isDay, 'expected a day that exists, yyyy-mm-dd');
const whole = (least: number, most: number, unit: string) =>
  z.coerce
    .number(`expected a whole number of ${unit} from ${least} to ${most}`)
    .refine((value) => Number.isInteger(value) && value >= least && value <= most, {
      message: `expected a whole number of ${unit} from ${least} to ${most}`,
    });
const url = z.string('expected an address').refine((text) => {
  const read = URL.parse(text);
  return read !== null && ['http:', 'https:'].includes(read.protocol) && read.hash === '';
}, 'expected an address that begins with http:// or https://');
/** RFC 4514: `CN=…,O=…`. */
const subject = z
  .string('expected a certificate subject')
  .max(700, 'at most 700 characters')
  .regex(/^[A-Za-z0-9.]+=./, 'expected a subject such as CN=…,O=…, most specific part first');
const cbe = quoted('ten digits').refine(
  (number) => isStructured({ kind: 'enterprise', number }),
  'expected ten digits whose last two are right (97 minus the first eight modulo 97)',
);
const insz = quoted('eleven digits').refine(
  (number) => isStructured({ kind: 'person', number }),
  'expected eleven digits whose last two are right (modulo 97)',
);

const legalBasis = z
  .string('expected the law it rests on')
  .trim()
  .min(1, 'expected the law it rests on')
  .max(4000, 'at most 4000 characters');

export const partyShape = z
  .strictObject({
    name,
    cbe,
    profile: z.enum(['strict', 'magda-2.0', 'header-signature']).default('strict'),
    'profile-until': moment.nullish(),
    identities: z.array(z.strictObject({ uri: name, hoedanigheid: name.nullish() })).default([]),
    certificates: z.array(subject).default([]),
    networks: z.array(network).default([]),
  })
  .transform((party) => ({
    name: party.name,
    cbeNumber: party.cbe,
    profile: party.profile,
    profileUntil: party['profile-until'] ?? null,
    identities: party.identities.map(({ uri, hoedanigheid }) => ({
      uri,
      hoedanigheid: hoedanigheid ?? null,
    })),
    certificates: party.certificates,
    networks: party.networks,
  }));

export const grantShape = z
  .strictObject({
    party: name,
    uri: name,
    hoedanigheid: name.nullish(),
    service: name,
    version: quoted('NN.NN').regex(/^\d\d\.\d\d$/, 'expected NN.NN'),
    'legal-basis': legalBasis,
    from: moment,
    until: moment.nullish(),
    visible: z.array(z.string().min(1)).default([]),
    writable: z.array(z.string().min(1)).default([]),
    population: name.nullish(),
    'data-from': day.nullish(),
    'data-until': day.nullish(),
    encrypt: switched.default(false),
    controls: controlsShape.prefault({}),
  })
  .transform((grant) => ({
    party: grant.party,
    uri: grant.uri,
    hoedanigheid: grant.hoedanigheid ?? null,
    service: grant.service,
    version: grant.version,
    legalBasis: grant['legal-basis'],
    validFrom: grant.from,
    validUntil: grant.until ?? null,
    visible: grant.visible,
    writable: grant.writable,
    controls: grant.controls,
    population: grant.population ?? null,
    dataFrom: grant['data-from'] ?? null,
    dataUntil: grant['data-until'] ?? null,
    encrypted: grant.encrypt,
  }));

export const sourceShape = z
  .strictObject({
    name,
    kind: z.enum(['soap', 'rest']),
    url: url.nullish(),
    deadline: whole(50, LONGEST_DEADLINE, 'milliseconds').default(8_000),
    'max-bytes': whole(1_024, 256 * 1024 * 1024, 'bytes').default(4 * 1024 * 1024),
    signature: z.enum(['none', 'strict']).default('none'),
    retries: whole(0, 5, 'attempts').default(sourceDefaults.retries),
    breaker: whole(0, 1_000, 'failures').default(sourceDefaults.breaker),
    pause: whole(100, 600_000, 'milliseconds').default(sourceDefaults.pause),
  })
  .transform(({ 'max-bytes': maxBytes, url: address, ...source }) => ({
    ...source,
    url: address ?? null,
    maxBytes,
  }));

const codeText = (what: string) =>
  z
    .string(`expected ${what}, in quotes`)
    .trim()
    .min(1, `expected ${what}`)
    .max(255, 'at most 255 characters');

export const codesShape = z
  .strictObject({
    table: z.string('expected a name').regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected a name such as geslacht'),
    source: name,
    codes: z
      .array(
        z
          .strictObject({
            code: codeText("the source's code"),
            magda: codeText("MAGDA's code"),
            description: z.string().trim().min(1, 'must not be empty').max(4000).nullish(),
          })
          .transform(({ code, magda, description }) => ({
            ...{ sourceCode: code, magdaCode: magda, description: description ?? null },
          })),
      )
      .min(1, 'expected at least one code'),
  })
  .transform(({ table, ...rest }) => ({ name: table, ...rest }));

const yesOrNo = z
  .union([z.boolean(), z.enum(['yes', 'no'])], 'expected yes or no')
  .transform((said) => said === true || said === 'yes');

export const subscriptionShape = z
  .strictObject({
    party: name,
    uri: name,
    hoedanigheid: name.nullish(),
    publication: name.max(100, 'at most 100 characters'),
    version: quoted('NN.NN').regex(/^\d\d\.\d\d$/, 'expected NN.NN'),
    kind: z.enum(publicationKinds).default('mutations'),
    schedule: z.string('expected five fields of cron').trim().max(100, 'at most 100 characters').optional(),
    'time-zone': z
      .string('expected a time zone')
      .trim()
      .max(64, 'at most 64 characters')
      .default('Europe/Brussels'),
    format: z.enum(['xml', 'csv']).default('xml'),
    filter: z.array(z.string().min(1)).default([]),
    'legal-basis': legalBasis,
    channel: z.enum(['files', 'pull']).default('files'),
    'empty-files': yesOrNo.default(false),
    'retention-days': whole(1, 3_650, 'days').default(30),
    from: moment,
    until: moment.nullish(),
    stopped: moment.nullish(),
  })
  .refine(({ schedule, channel }) => schedule !== undefined || channel === 'pull', {
    path: ['schedule'],
    message: 'expected five fields of cron, nothing is there',
  })
  .transform((subscription) => ({
    party: subscription.party,
    uri: subscription.uri,
    hoedanigheid: subscription.hoedanigheid ?? null,
    publication: subscription.publication,
    version: subscription.version,
    kind: subscription.kind,
    schedule: (subscription.schedule ?? '').replace(/\s+/g, ' '),
    timeZone: subscription['time-zone'],
    format: subscription.format,
    filter: subscription.filter,
    legalBasis: subscription['legal-basis'],
    channel: subscription.channel,
    emptyFiles: subscription['empty-files'],
    retentionDays: subscription['retention-days'],
    validFrom: subscription.from,
    validUntil: subscription.until ?? null,
    stoppedAt: subscription.stopped ?? null,
  }));

export const registrationShape = z
  .strictObject({
    party: name,
    hoedanigheid: name,
    person: insz.optional(),
    enterprise: cbe.optional(),
    begin: day,
    end: day.nullish(),
  })
  .refine(({ person, enterprise }) => (person === undefined) !== (enterprise === undefined), {
    path: ['person'],
    message: 'expected either a person or an enterprise',
  })
  .transform(({ party, hoedanigheid, person, enterprise, begin, end }) => ({
    party,
    hoedanigheid,
    subject:
      person === undefined
        ? { kind: 'enterprise' as const, number: enterprise ?? '' }
        : { kind: 'person' as const, number: person },
    begin,
    end: end ?? null,
  }));

export const referenceShape = z
  .strictObject({
    type: z
      .string('expected a kind of data')
      .regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected lower case letters, digits and -'),
    person: insz.optional(),
    enterprise: cbe.optional(),
    source: name,
    'held-as': quoted('digits')
      .regex(/^\d{1,32}$/, 'expected digits')
      .nullish(),
    begin: day,
    end: day.nullish(),
  })
  .refine(({ person, enterprise }) => (person === undefined) !== (enterprise === undefined), {
    path: ['person'],
    message: 'expected either a person or an enterprise',
  })
  .refine(({ begin, end }) => !end || end >= begin, { path: ['end'], message: 'it ends before it begins' })
  .transform(({ type, person, enterprise, source, begin, end, ...line }) => ({
    dataType: type,
    subject:
      person === undefined
        ? { kind: 'enterprise' as const, number: enterprise ?? '' }
        : { kind: 'person' as const, number: person },
    source,
    heldAs: line['held-as'] ?? null,
    begin,
    end: end ?? null,
  }));

export const issueText = (message: string): string =>
  message.replace(/^Invalid (?:input|option): /, '').replace(', received undefined', ', nothing is there');
