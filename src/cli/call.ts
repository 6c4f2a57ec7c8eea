import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { dialectOf } from '../dialect/dialect.ts';
import type { Clock } from '../exchange/clock.ts';
import type { ContractName } from '../exchange/contract.ts';
import type { Recipient } from '../exchange/recipient.ts';
import type { Service } from '../exchange/service.ts';
import { endpointPath } from '../exchange/service-path.ts';
import { createSignerAs } from '../wss/sign.ts';
import { createSealer } from '../wss/sign-and-encrypt.ts';
import type { Trust } from '../wss/trust.ts';
import { verifyReply } from '../wss/verify.ts';
import { firstDemoPerson, type SigningParty } from './demo-party.ts';
import { openAs, recipientAt } from './encryption.ts';
import { indent } from './indent.ts';
import { type Terminal, UsageError } from './output.ts';
import { post } from './post.ts';
import { type Reply, readAnswer } from './reply.ts';
import { writeSample } from './sample.ts';

export const callHelp = `kruispunt call SERVICE [--version NN.NN] [--operation NAME] [--as PARTY] [--insz N] [--set path=value]… [--url U] [--encrypt] [--raw] [--json]

Builds a sample question, signs it as a party of the demo world, sends it, verifies the signature of the answer and
prints it.

  --operation NAME   which one, where the contract has several (its first)
  --as PARTY         who asks (afnemer)
  --insz N           about whom (the first person of the demo world)
  --set path=value   another value of the question, by its path below Vraag/Inhoud (in a plain or KSZ
                     contract: below the Body's element); may be repeated
  --url U            where the bus listens
  --encrypt          encrypts the question to the certificate that the bus offers
  --raw              the bytes of the answer as they came
  --json             what came of it as data
`;

type Needs = {
  readonly terminal: Terminal;
  readonly services: readonly Service[];
  readonly partyOf: (name: string) => SigningParty;
  readonly demoFolder: string;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly url: string;
};

/** `kruispunt call`: 0 when the question was answered, 1 when it was refused. */
export async function call(argv: readonly string[], needs: Needs): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      version: { type: 'string' },
      operation: { type: 'string' },
      as: { type: 'string', default: 'afnemer' },
      insz: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      url: { type: 'string', default: needs.url },
      encrypt: { type: 'boolean', default: false },
      raw: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const service = serviceOf(needs.services, positionals[0], values.version ?? null);
  const party = needs.partyOf(values.as);
  const content = valuesOf(service, values.insz ?? firstDemoPerson(needs.demoFolder), values.set);
  const request = requestOf(service, values.operation ?? null);
  const base = values.url.replace(/\/$/, '');
  const to = values.encrypt ? await recipientAt(base, needs) : null;
  const envelope = await write(service, request, { party, to }, content, needs.clock);
  const url = `${base}${endpointPath(service.rules.name, service.rules.version)}`;
  const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
  const { bytes, exchange, status } = await post(url, envelope, headers);
  const reply = readAnswer(bytes, service.rules, openAs(party));
  try {
    const signer = verifyReply(reply.envelope, { trust: needs.trust, at: needs.clock.now() });
    const { error, notices, encrypted } = reply;
    const told = { exchange, status, signedBy: signer.subject, encrypted, error, notices };
    if (values.json) needs.terminal.print(JSON.stringify(told, null, 2));
    else if (values.raw) needs.terminal.print(Buffer.from(bytes).toString('utf8'));
    else print(needs.terminal, reply, told);
    return reply.error ? 1 : 0;
  } finally {
    reply.dispose();
  }
}

function print(
  terminal: Terminal,
  { payload, error, notices, encrypted }: Reply,
  told: { exchange: string | null; signedBy: string },
) {
  terminal.print(indent(payload));
  const outcome = error
    ? `refused at level ${error.level} with ${error.code}: ${error.text}`
    : `answered${notices.length > 0 ? ` with ${notices.join(', ')}` : ''}`;
  terminal.print(
    `\n${outcome}\n${encrypted ? 'encrypted, and ' : ''}signed by ${told.signedBy}\nexchange ${told.exchange} (kruispunt audit show ${told.exchange})`,
  );
}

function serviceOf(services: readonly Service[], name: string | undefined, version: string | null): Service {
  if (!name) throw new UsageError(callHelp);
  const named = services.filter(({ rules }) => rules.name.toLowerCase() === name.toLowerCase());
  const found = version === null ? named.at(-1) : named.find(({ rules }) => rules.version === version);
  if (found) return found;
  const offered = services.map(({ rules }) => `${rules.name} ${rules.version}`).join(', ');
  throw new UsageError(`no service ${name}${version ? ` ${version}` : ''}; there are ${offered}`);
}

/** What can be known of a question is filled in: its subject, the first source and the first language it may name. */
function valuesOf({ rules }: Service, number: string, set: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>(rules.subject ? [[rules.subject.path, number]] : []);
  const [language] = rules.language?.allowed ?? [];
  if (rules.language && language) values.set(rules.language.path, language);
  const [option] = rules.sources?.options ?? [];
  if (rules.sources?.by && option?.value) values.set(rules.sources.by, option.value);
  for (const each of set) {
    const at = each.indexOf('=');
    if (at < 1) throw new UsageError(`--set ${each}: must read path=value`);
    values.set(each.slice(0, at), each.slice(at + 1));
  }
  return values;
}

async function write(
  service: Service,
  request: ContractName,
  { party, to }: { readonly party: SigningParty; readonly to: Recipient | null },
  values: ReadonlyMap<string, string>,
  clock: Clock,
) {
  const { rules, contract } = service;
  const dialect = dialectOf(rules);
  const model = contract.model(request);
  if (!model) throw new Error(`the contract of ${rules.name} declares no ${request.name}`);
  const reference = randomUUID();
  const question = dialect.writeQuestion({
    request: { ...request, prefix: 'ns' },
    name: rules.name,
    version: rules.version,
    at: clock.now(),
    sender: { ...dialect.speakAs({ ...party, organisation: party.cbeNumber }), reference, endUser: null },
    reference,
    content: writeSample(dialect.questionModel(model), values),
  });
  const material = {
    privateKey: party.keyPem,
    certificate: party.certificatePem,
    clock,
    randomId: randomUUID,
  };
  if (to !== null) return createSealer(material).seal([question], '1.1', to);
  return createSignerAs(party.profile, material).sign([question], '1.1');
}

function requestOf({ contract: { operations }, rules }: Service, name: string | null): ContractName {
  const operation = name === null ? operations[0] : operations.find((each) => each.name === name);
  if (operation) return operation.request;
  const offered = operations.map((each) => each.name).join(', ');
  throw new UsageError(`${rules.name} has no operation ${name}; there is ${offered}`);
}
