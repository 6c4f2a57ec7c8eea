import type { Publication } from '../exchange/publication.ts';
import type { Rules, Service } from '../exchange/service.ts';
import { type GrantImage, identityText, type Numbered, type PartyImage } from './configuration-image.ts';
import { isLack, pathMistakes, payloadMistakes, writableMistakes } from './grant-paths.ts';

type Around = {
  readonly parties: ReadonlyMap<string, PartyImage>;
  readonly services: readonly Service[];
  readonly publications: readonly Publication[];
  readonly excused: ReadonlySet<string>;
  readonly canBeEncryptedTo: (subject: string) => boolean | null;
};
type Said = readonly [key: readonly (string | number)[], message: string];

/** What is wrong with a grant, each with the key that leads to it. */
export function grantMistakes(grant: Numbered<GrantImage>, around: Around): Said[] {
  const { parties, services, publications, excused, canBeEncryptedTo } = around;
  const found: Said[] = [];
  const party = parties.get(grant.party);
  if (party)
    found.push(...identityMistakes(grant, party), ...encryptionMistakes(grant, party, canBeEncryptedTo));
  else if (!excused.has(grant.party)) found.push([['party'], `there is no party ${grant.party}`]);
  if (grant.validUntil !== null && grant.validUntil <= grant.validFrom)
    found.push([['until'], 'it ends before it begins']);
  if (grant.dataFrom !== null && grant.dataUntil !== null && grant.dataUntil < grant.dataFrom)
    found.push([['data-until'], 'it is before data-from']);
  const service = services.find(
    ({ rules }) => rules.name === grant.service && rules.version === grant.version,
  );
  const publication = publications.find(
    ({ name, version }) => name === grant.service && version === grant.version,
  );
  if (service) {
    found.push(...pathsIn('visible', grant.visible, (paths) => pathMistakes(service, paths)));
    if (hidesResult(service, grant.visible))
      found.push([['visible'], `it hides what came of a writing: grant ${RESULT}`]);
    found.push(...pathsIn('writable', grant.writable, (paths) => writableMistakes(service, paths)));
    found.push(...limitMistakes(grant, service.rules));
  } else if (publication) {
    found.push(...pathsIn('visible', grant.visible, (paths) => payloadMistakes(publication, paths)));
    found.push(...publicationMistakes(grant));
  } else found.push(unknownMistake(grant, [...services.map(({ rules }) => rules), ...publications]));
  return found;
}

function unknownMistake(
  { service, version }: GrantImage,
  offered: readonly { readonly name: string; readonly version: string }[],
): Said {
  const versions = offered.filter(({ name }) => name === service).map((each) => each.version);
  if (versions.length > 0)
    return [['version'], `${service} has no version ${version}; there is ${versions.join(', ')}`];
  const names = [...new Set(offered.map(({ name }) => name))].join(', ');
  return [['service'], `there is no service ${service}; there is ${names}`];
}

/** Nobody asks for a file: what holds a question to something would hold it to nothing. */
function publicationMistakes({ writable, controls, encrypted }: GrantImage): Said[] {
  const held = Object.entries(controls)
    .map(([key, value]) => ({ at: ['controls', key], value }))
    .filter(({ value }) => value !== null);
  return [
    ...(encrypted ? [[['encrypt'], 'a file of a publication is not encrypted'] as const] : []),
    ...writable.map(
      (path, index): Said => [['writable', index], `${path}: nothing is written to a publication`],
    ),
    ...held.map(
      ({ at }): Said => [
        at,
        'is not held against a publication; limit what is visible, or the registrations',
      ],
    ),
  ];
}

/** Path by path, so that each leads to its place; what only all of them together lack, afterwards. */
function pathsIn(
  key: string,
  paths: readonly string[],
  mistakes: (paths: readonly string[]) => readonly string[],
): readonly Said[] {
  const wrong = paths.flatMap((path, index): Said[] =>
    mistakes([path])
      .filter((text) => !isLack(text))
      .map((text) => [[key, index], text]),
  );
  return wrong.length > 0 ? wrong : mistakes(paths).map((text): Said => [[key], text]);
}

const RESULT = 'Resultaat';

/** Whoever has something written must be told what came of it. */
const hidesResult = (service: Service, visible: readonly string[]): boolean =>
  service.rules.kind === 'write' &&
  !visible.some((path) => path === '**' || path === RESULT) &&
  pathMistakes(service, [RESULT]).every(isLack);

/** Limits and controls that a service has no place for. */
function limitMistakes({ population, controls }: GrantImage, { name, version, ...rules }: Rules): Said[] {
  const about = `${name} ${version}`;
  const nobody = `${about} names no subject in service.yaml`;
  const found: Said[] = [];
  if (population !== null && rules.subject === null && controls.population !== false)
    found.push([['population'], `${nobody}: nobody could be found in a population`]);
  if (controls.registration === true && rules.subject === null)
    found.push([['controls', 'registration'], `${nobody}: no registration could be looked for`]);
  if ((controls.period === 'refuse' || controls.period === 'clip') && rules.controls.period === null)
    found.push([['controls', 'period'], `${about} names no period in service.yaml`]);
  if (controls.period === 'clip' && rules.dialect !== 'magda')
    found.push([['controls', 'period'], `an answer of ${about} cannot say what was cut off: refuse instead`]);
  return found;
}

/** Of a certificate that nobody saw yet nothing can be said: with such a one the question is refused when it comes. */
function encryptionMistakes(
  { encrypted }: GrantImage,
  { name, certificates }: PartyImage,
  canBeEncryptedTo: Around['canBeEncryptedTo'],
): Said[] {
  if (!encrypted || !certificates.some((subject) => canBeEncryptedTo(subject) === false)) return [];
  if (certificates.some((subject) => canBeEncryptedTo(subject) !== false)) return [];
  const needed = 'RSA, with keyEncipherment if it has a keyUsage';
  return [[['encrypt'], `${name} has no certificate that could be encrypted to: it needs one of ${needed}`]];
}

function identityMistakes({ uri, hoedanigheid }: GrantImage, { name, identities }: PartyImage): Said[] {
  const list = identities.map(identityText).join(', ') || 'none';
  if (!identities.some((identity) => identity.uri === uri))
    return [[['uri'], `${name} may not speak as ${uri}; its identities are ${list}`]];
  const known = identities.some((identity) => identity.uri === uri && identity.hoedanigheid === hoedanigheid);
  if (hoedanigheid === null || known) return [];
  const claim = identityText({ uri, hoedanigheid });
  return [[['hoedanigheid'], `${name} may not speak as ${claim}; its identities are ${list}`]];
}
