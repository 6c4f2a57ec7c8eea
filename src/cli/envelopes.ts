import { parseArgs } from 'node:util';
import { below } from '../dialect/path.ts';
import type { Clock } from '../exchange/clock.ts';
import type { Service } from '../exchange/service.ts';
import { endpointPath } from '../exchange/service-path.ts';
import type { Trust } from '../wss/trust.ts';
import { verifyReply } from '../wss/verify.ts';
import type { SigningParty } from './demo-party.ts';
import { openAs, recipientAt } from './encryption.ts';
import { readSamples, type Sample } from './envelope-sample.ts';
import { type Terminal, table, UsageError } from './output.ts';
import { type Posted, post } from './post.ts';
import { type Reply, readAnswer } from './reply.ts';
import { signSample } from './sign-sample.ts';

export const envelopesHelp = `kruispunt envelopes run [--dir test/envelopes] [--url U] [--json]

Sends each sample envelope (<name>.xml), signed freshly as <name>.yaml says, and compares the answer with what that
file expects. The keys are those of the demo world of the bus that is asked.
`;

type Needs = {
  readonly terminal: Terminal;
  readonly services: readonly Service[];
  readonly partyOf: (name: string) => SigningParty;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly url: string;
};

type Verdict = {
  readonly name: string;
  readonly about: string;
  readonly got: string;
  readonly wrong: readonly string[];
};

/** `kruispunt envelopes run`: 0 when every answer was as expected, else 1. */
export async function envelopes(argv: readonly string[], needs: Needs): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      dir: { type: 'string', default: 'test/envelopes' },
      url: { type: 'string', default: needs.url },
      json: { type: 'boolean' },
    },
  });
  if (positionals[0] !== 'run') throw new UsageError(envelopesHelp);
  const samples = readSamples(values.dir);
  const verdicts: Verdict[] = [];
  for (const sample of samples) verdicts.push(await run(sample, values.url.replace(/\/$/, ''), needs));
  const failed = verdicts.filter(({ wrong }) => wrong.length > 0);
  if (values.json) needs.terminal.print(JSON.stringify(verdicts, null, 2));
  else print(needs.terminal, verdicts);
  needs.terminal.print(`${verdicts.length - failed.length} passed, ${failed.length} failed`);
  return failed.length > 0 || samples.length === 0 ? 1 : 0;
}

function print(terminal: Terminal, verdicts: readonly Verdict[]): void {
  const rows = verdicts.map(({ name, got, wrong }) => [wrong.length === 0 ? 'passed' : 'FAILED', name, got]);
  terminal.print(table(['verdict', 'envelope', 'answer'], rows));
  for (const { name, about, wrong } of verdicts) {
    if (wrong.length > 0)
      terminal.print(`\n${name} (${about})\n${wrong.map((each) => `  ${each}`).join('\n')}`);
  }
}

async function run(sample: Sample, url: string, needs: Needs): Promise<Verdict> {
  const { name, about } = sample;
  const service = serviceOf(sample, needs.services);
  const path = sample.send.path ?? endpointPath(service.rules.name, service.rules.version);
  const { contentType, soapAction } = sample.send;
  const headers = {
    ...(contentType === null ? {} : { 'content-type': contentType }),
    ...(soapAction === null ? {} : { soapaction: soapAction }),
  };
  const party = needs.partyOf(sample.as);
  const to = sample.send.encrypt ? await recipientAt(url, needs) : null;
  const bytes = await signSample(sample, party, needs.clock, to);
  const posted = await post(`${url}${path}`, bytes, headers);
  const reply = readAnswer(posted.bytes, service.rules, openAs(party));
  try {
    const wrong = [...compare(sample, posted, reply), ...checkSignature(reply, needs)];
    const { error } = reply;
    return {
      name,
      about,
      got: error ? `${posted.status} level ${error.level} ${error.code}` : `${posted.status}`,
      wrong,
    };
  } finally {
    reply.dispose();
  }
}

/** The service at the sample's path, or else the one that its Body asks; any, where the sample is no question at all. */
function serviceOf({ send, envelope }: Sample, services: readonly Service[]): Service {
  const at = services.find(({ rules }) => endpointPath(rules.name, rules.version) === send.path);
  const requests = (service: Service) => service.contract.operations.map(({ request }) => request);
  const named = services.filter((service) =>
    requests(service).some(({ name }) => new RegExp(`<(?:[\\w.-]+:)?${name}[\\s/>]`).test(envelope)),
  );
  const exact = named.find((service) =>
    requests(service).some(({ namespace }) => envelope.includes(namespace)),
  );
  const found = at ?? exact ?? named[0] ?? services[0];
  if (!found) throw new Error('there are no services');
  return found;
}

function compare({ expect, send }: Sample, { status }: Posted, reply: Reply): readonly string[] {
  const { error, notices, payload, envelope, encrypted } = reply;
  const differ = (what: string, wanted: unknown, got: unknown) =>
    wanted === got ? [] : [`${what}: expected ${String(wanted)}, got ${String(got)}`];
  return [
    ...differ('HTTP status', expect.http, status),
    ...differ('code', expect.code ?? 'none', error?.code ?? 'none'),
    ...differ('level', expect.level ?? 'none', error?.level ?? 'none'),
    ...differ('notices', expect.notices.join(' '), notices.join(' ')),
    ...differ('SOAP version', send.soap, envelope.soap),
    ...differ('encrypted', expect.encrypted, encrypted),
    ...Object.entries(expect.values).flatMap(([path, value]) =>
      differ(path, value, below(payload, path)?.text.trim() ?? null),
    ),
    ...expect.absent
      .filter((path) => below(payload, path) !== null)
      .map((path) => `${path}: must not be there`),
  ];
}

/** Whatever the answer, the bus must have signed it. */
function checkSignature({ envelope }: Reply, { trust, clock }: Needs): readonly string[] {
  try {
    verifyReply(envelope, { trust, at: clock.now() });
    return [];
  } catch (error) {
    return [`signature of the answer: ${error instanceof Error ? error.message : String(error)}`];
  }
}
