import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Service } from '../exchange/service.ts';
import { endpointPath, readEndpoint } from '../exchange/service-path.ts';
import { plain } from '../xml/names.ts';
import { attribute, element } from '../xml/write.ts';
import { htmlPage } from './page.ts';

type Needs = {
  readonly services: () => readonly Service[];
  /** Scheme, host and port under which clients reach the bus. */
  readonly publicUrl: () => string;
};

/** Publishes each contract where its endpoint is: `?wsdl`, and what it imports as `?xsd=<path>`. */
export function wsdlDoor(server: FastifyInstance, { services, publicUrl }: Needs): void {
  const find = (part: string | null): Service | null => {
    const named = part === null ? null : readEndpoint(part);
    const offered = services();
    if (!named) return offered.length === 1 ? (offered[0] ?? null) : null;
    return (
      offered.find(({ rules }) => rules.name === named.service && rules.version === named.version) ?? null
    );
  };

  const publish = (request: FastifyRequest<Asked>, reply: FastifyReply) => {
    const service = find(request.params.endpoint ?? null);
    if (!service) {
      // The common endpoint has no contract of its own where it takes the questions of several (RFC 9110 §15.4.1).
      const status = request.params.endpoint === undefined ? 300 : 404;
      const page = request.headers.accept?.includes('text/html') ?? false;
      return reply
        .code(status)
        .type(page ? 'text/html; charset=utf-8' : 'text/plain')
        .send(page ? directoryPage(services(), publicUrl()) : directory(services(), publicUrl()));
    }
    const document = documentIn(request.query);
    if (document === null)
      return reply.code(405).header('allow', 'POST').type('text/plain').send(usage(service, publicUrl()));
    const published = service.contract.publish(document, urlOf(service, publicUrl()));
    if (published === null)
      return reply.code(404).type('text/plain').send('this contract has no such document\n');
    return reply.type('text/xml; charset=utf-8').send(published);
  };
  server.get<Asked>('/soap/WebService', publish);
  server.get<Asked>('/:endpoint/soap/WebService', publish);
}

type Asked = { Params: { endpoint?: string }; Querystring: Record<string, string | string[]> };

/** Clients differ in the case of `?wsdl` and in whether it has a value. */
function documentIn(query: Record<string, string | string[]>): 'wsdl' | { readonly xsd: string } | null {
  for (const [name, value] of Object.entries(query)) {
    if (name.toLowerCase() === 'xsd' && typeof value === 'string') return { xsd: value };
    if (name.toLowerCase() === 'wsdl') return 'wsdl';
  }
  return null;
}

const urlOf = ({ rules }: Service, publicUrl: string) =>
  `${publicUrl}${endpointPath(rules.name, rules.version)}`;

const usage = (service: Service, publicUrl: string) =>
  `POST a SOAP envelope here; the contract is at ${urlOf(service, publicUrl)}?wsdl\n`;

const directory = (services: readonly Service[], publicUrl: string) =>
  `the contracts here are at:\n${services.map((service) => `${urlOf(service, publicUrl)}?wsdl\n`).join('')}`;

/** The same for who looks with a browser. */
const directoryPage = (services: readonly Service[], publicUrl: string) => {
  const items = services.map((service) => {
    const { name, version } = service.rules;
    const href = `${urlOf(service, publicUrl)}?wsdl`;
    return element(plain('li'), [
      element(plain('a'), `${name} ${version}`, [attribute(plain('href'), href)]),
    ]);
  });
  return htmlPage('The contracts here', element(plain('ul'), items));
};
