import type { CodeTable } from '../exchange/code-table.ts';
import type { Source } from '../exchange/source.ts';
import { rawControls } from './configuration-controls.ts';
import { writeMoment } from './configuration-fields.ts';
import type { GrantImage, PartyImage, RegistrationImage, SubscriptionImage } from './configuration-image.ts';

/** Configuration in the words of the file and of the options; `configuration-fields.ts` reads it back. */

export const rawParty = ({
  name,
  cbeNumber,
  profile,
  profileUntil,
  identities,
  certificates,
  networks,
}: PartyImage) => ({
  name,
  cbe: cbeNumber,
  profile,
  ...(profileUntil === null ? {} : { 'profile-until': writeMoment(profileUntil) }),
  identities: identities.map(({ uri, hoedanigheid }) =>
    hoedanigheid === null ? { uri } : { uri, hoedanigheid },
  ),
  certificates: [...certificates],
  ...(networks.length === 0 ? {} : { networks: [...networks] }),
});

export const rawGrant = (grant: GrantImage) => ({
  party: grant.party,
  uri: grant.uri,
  ...(grant.hoedanigheid === null ? {} : { hoedanigheid: grant.hoedanigheid }),
  service: grant.service,
  version: grant.version,
  'legal-basis': grant.legalBasis,
  from: writeMoment(grant.validFrom),
  ...(grant.validUntil === null ? {} : { until: writeMoment(grant.validUntil) }),
  visible: [...grant.visible],
  ...(grant.writable.length === 0 ? {} : { writable: [...grant.writable] }),
  ...(grant.population === null ? {} : { population: grant.population }),
  ...(grant.dataFrom === null ? {} : { 'data-from': grant.dataFrom }),
  ...(grant.dataUntil === null ? {} : { 'data-until': grant.dataUntil }),
  ...(grant.encrypted ? { encrypt: true } : {}),
  ...rawControlsKey(grant.controls),
});

function rawControlsKey(controls: GrantImage['controls']) {
  const said = rawControls(controls);
  return said === null ? {} : { controls: said };
}

export const rawSource = ({ name, kind, url, deadline, maxBytes, signature, ...patience }: Source) => ({
  name,
  kind,
  ...(url === null ? {} : { url }),
  deadline,
  'max-bytes': maxBytes,
  signature,
  retries: patience.retries,
  breaker: patience.breaker,
  pause: patience.pause,
});

export const rawSubscription = (subscription: SubscriptionImage) => ({
  party: subscription.party,
  uri: subscription.uri,
  ...(subscription.hoedanigheid === null ? {} : { hoedanigheid: subscription.hoedanigheid }),
  publication: subscription.publication,
  version: subscription.version,
  kind: subscription.kind,
  ...(subscription.schedule === '' ? {} : { schedule: subscription.schedule }),
  'time-zone': subscription.timeZone,
  format: subscription.format,
  ...(subscription.filter.length === 0 ? {} : { filter: [...subscription.filter] }),
  'legal-basis': subscription.legalBasis,
  channel: subscription.channel,
  'empty-files': subscription.emptyFiles ? 'yes' : 'no',
  'retention-days': subscription.retentionDays,
  from: writeMoment(subscription.validFrom),
  ...(subscription.validUntil === null ? {} : { until: writeMoment(subscription.validUntil) }),
  ...(subscription.stoppedAt === null ? {} : { stopped: writeMoment(subscription.stoppedAt) }),
});

export const rawRegistration = ({ party, hoedanigheid, subject, begin, end }: RegistrationImage) => ({
  party,
  hoedanigheid,
  [subject.kind]: subject.number,
  begin,
  ...(end === null ? {} : { end }),
});

export const rawCodes = ({ name, source, codes }: CodeTable) => ({
  table: name,
  source,
  codes: codes.map(({ sourceCode, magdaCode, description }) => ({
    code: sourceCode,
    magda: magdaCode,
    ...(description === null ? {} : { description }),
  })),
});
