import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Received } from '../../src/exchange/message.ts';
import { type Grant, type Party, type ProfileName, unlimited } from '../../src/exchange/party.ts';
import type { Service } from '../../src/exchange/service.ts';
import { readEndpoint } from '../../src/exchange/service-path.ts';
import { readMediaType, unquote } from '../../src/http/media-type.ts';
import { writeQuestion } from '../../src/wss/ocsp-question.ts';
import type { Learn } from '../../src/wss/once-answered.ts';
import type { Sent } from './attack.ts';
import type { Cast } from './cast.ts';
import type { Craft } from './craft.ts';
import type { Guard } from './guards.ts';

/** The first stages of the journey, from a copy of the code in which one guard is off. */

const ROOT = resolve(import.meta.dirname, '../..');
const DEPENDS: Readonly<Record<string, readonly string[]>> = {
  xml: ['xml', 'contract', 'dialect', 'wss', 'stages'],
  wss: ['wss', 'stages'],
  stages: ['stages'],
};
const ALL = ['exchange', 'xml', 'contract', 'dialect', 'wss', 'stages'];
const folder = mkdtempSync(join(tmpdir(), 'kruispunt-guards-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const shared of ['node_modules', 'package.json']) symlinkSync(join(ROOT, shared), join(folder, shared));

/** A copy of what depends on the guard; all else is the code itself, which is loaded once for all. */
function copyWithout(guard: Guard): string {
  const [part = ''] = guard.file.split('/');
  const source = join(mkdtempSync(join(folder, 'off-')), 'src');
  mkdirSync(source);
  for (const each of ALL) {
    if (DEPENDS[part]?.includes(each))
      cpSync(join(ROOT, 'src', each), join(source, each), { recursive: true });
    else symlinkSync(join(ROOT, 'src', each), join(source, each));
  }
  const file = join(source, guard.file);
  const pieces = readFileSync(file, 'utf8').split(guard.source);
  if (pieces.length !== 2)
    throw new Error(
      `src/${guard.file} has ${JSON.stringify(guard.source)} ${pieces.length - 1} times, not once`,
    );
  writeFileSync(file, pieces.join(guard.replacement));
  return source;
}

/** Tells whether a message gets past everything that is decided on it alone. */
export type Bus = (craft: Craft, sent: string | Sent) => Promise<boolean>;

/** @param guard null: nothing is off */
export async function busWithout(guard: Guard | null, cast: Cast): Promise<Bus> {
  const source = guard === null ? join(ROOT, 'src') : copyWithout(guard);
  const { createOpener }: typeof import('../../src/wss/decrypt.ts') = await import(
    join(source, 'wss/decrypt.ts')
  );
  const { decrypt }: typeof import('../../src/stages/decrypt.ts') = await import(
    join(source, 'stages/decrypt.ts')
  );
  const { route }: typeof import('../../src/stages/route.ts') = await import(join(source, 'stages/route.ts'));
  const { parse }: typeof import('../../src/stages/parse.ts') = await import(join(source, 'stages/parse.ts'));
  const { routes }: typeof import('../../src/stages/routes.ts') = await import(
    join(source, 'stages/routes.ts')
  );
  const { validate }: typeof import('../../src/stages/validate.ts') = await import(
    join(source, 'stages/validate.ts')
  );
  const { verify }: typeof import('../../src/stages/verify.ts') = await import(
    join(source, 'stages/verify.ts')
  );
  const { refuseReplay }: typeof import('../../src/stages/refuse-replay.ts') = await import(
    join(source, 'stages/refuse-replay.ts')
  );
  const { authorise }: typeof import('../../src/stages/authorise.ts') = await import(
    join(source, 'stages/authorise.ts')
  );
  const { createTrust }: typeof import('../../src/wss/trust.ts') = await import(join(source, 'wss/trust.ts'));
  const { Journey }: typeof import('../../src/exchange/stage.ts') = await import(
    join(source, 'exchange/stage.ts')
  );

  const seen = new Map<string, string>();
  const remember = async (key: string, exchangeId: string) => {
    const before = seen.get(key) ?? null;
    if (before === null) seen.set(key, exchangeId);
    return before;
  };
  const trust = createTrust({
    ...cast,
    responders: [{ ...cast.responder.file, url: 'http://127.0.0.1:9/' }],
  });
  const learn: Learn = async ({ questions }) => {
    for (const question of questions) {
      const nonce = randomBytes(32);
      const bytes = cast.responder.answer(writeQuestion(question, nonce));
      try {
        trust.takeAnswer(question, bytes, { nonce, demandsNonce: true, at: new Date() });
      } catch (error) {
        trust.asked.fail(question, String(error), new Date());
      }
    }
  };
  const path = Journey.from<Received>()
    .to(parse)
    .to(decrypt(createOpener([cast.bus])))
    .to(route(routes(await servicesOf(source))))
    .to(validate)
    .to(verify({ trust, learn, partyOf, onLaxProfile: () => {} }))
    .to(refuseReplay({ remember }))
    .to(authorise({ grantFor, admits: () => true, isCurrent: () => true }));

  return async (craft, sent) => {
    const received = receive(craft, typeof sent === 'string' ? { body: sent } : sent);
    try {
      await path.run(received, new AbortController().signal, () => {});
      return true;
    } catch {
      return false;
    } finally {
      for (const resource of received.ending) resource.dispose();
    }
  };
}

const loaded = new Map<unknown, readonly Service[]>();

/** Contracts take longer to load than all attacks to send; those that do not depend on a guard are loaded once. */
async function servicesOf(source: string): Promise<readonly Service[]> {
  const { loadServices }: typeof import('../../src/contract/load-services.ts') = await import(
    join(source, 'contract/load-services.ts')
  );
  const folders = ['GeefPersoon-02.02', 'GeefGezinssamenstelling-02.02'];
  const services =
    loaded.get(loadServices) ??
    loadServices(
      folders.map((name) => join(ROOT, 'wsdl/persoon', name)),
      [join(ROOT, 'xsd')],
    ).services;
  loaded.set(loadServices, services);
  return services;
}

const party = (
  id: number,
  name: string,
  uri: string,
  hoedanigheid: string,
  profile: ProfileName = 'strict',
): Party => ({
  ...{ id, name, cbeNumber: '0999990420', profile },
  profileUntil: profile === 'strict' ? null : new Date(Date.now() + 86_400_000),
  identities: [{ uri, hoedanigheid }],
});
const parties: readonly Party[] = [
  party(1, 'afnemer', 'afnemer.example/verwerker/ipdc6001-aip', '6001'),
  party(2, 'beperkt', 'beperkt.example/ipdc7001-aip', '7001'),
  party(3, 'leverancier', 'leverancier.example/ipdc801-aip', '801'),
  party(4, 'legacy', 'legacy.example/ipdc6001-aip', '6001', 'magda-2.0'),
  party(5, 'legacy-header', 'legacy-header.example/ipdc6001-aip', '6001', 'header-signature'),
];
const partyOf = (subject: string) =>
  parties.find(({ name }) => new RegExp(`^CN=${name},O=CBE \\d+,C=BE$`).test(subject)) ?? null;

const grant: Grant = {
  ...{ id: 1, partyId: 1, uri: '', hoedanigheid: null, service: 'GeefPersoon', version: '02.02' },
  ...{
    legalBasis: 'Voorbeelddecreet',
    validFrom: new Date(0),
    validUntil: null,
    visible: ['**'],
    ...unlimited,
  },
};
/** The first has one for a name, too, that it no longer has. */
const grantFor = ({ partyId, uri }: { readonly partyId: number; readonly uri: string }): Grant | null =>
  (partyId === 1 ? /^(?:afnemer|vroeger)\.example/ : /^legacy/).test(uri) ? { ...grant, partyId, uri } : null;

/** As the door does it (src/http/soap-door.ts), which a test may not start once for each guard. */
const MAX_BYTES = 1_048_576;
function receive({ version }: Craft, { body, path, contentType, soapAction, headers }: Sent): Received {
  const { type, charset, action } = readMediaType(
    contentType ?? (version === '1.1' ? 'text/xml' : 'application/soap+xml'),
  );
  const raw = Buffer.from(body);
  const named = path === undefined ? null : decodeURIComponent(path.split('/')[1] ?? '');
  const endpoint = named === null ? null : readEndpoint(named);
  const coded = (headers?.['content-encoding'] ?? 'identity') === 'identity' ? null : 'coded';
  return {
    id: randomUUID(),
    at: new Date(),
    raw,
    ending: [],
    door: {
      remoteAddress: '192.0.2.7',
      connection: null,
      mediaType: type,
      charset,
      soapAction: soapAction === undefined ? action : unquote(soapAction),
      endpoint,
      problem:
        raw.length > MAX_BYTES ? 'too-large' : named !== null && endpoint === null ? 'no-such-path' : coded,
    },
  };
}
