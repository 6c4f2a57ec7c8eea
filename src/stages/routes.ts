import type { Operation } from '../exchange/contract.ts';
import type { Service } from '../exchange/service.ts';
import type { Route } from './route.ts';

/** The same over services that may be replaced while the bus runs. */
export function liveRoutes(services: () => readonly Service[]): ReturnType<typeof routes> {
  let known = services();
  let found = routes(known);
  const current = () => {
    const now = services();
    if (now !== known) {
      found = routes(now);
      known = now;
    }
    return found;
  };
  return {
    route: (namespace, name) => current().route(namespace, name),
    actionOf: (soapAction) => current().actionOf(soapAction),
    serviceOf: (name, version) => current().serviceOf(name, version),
  };
}

/** Finds services by what a Body holds, and operations by the soapAction that a contract declares for them. */
export function routes(services: readonly Service[]): {
  readonly route: Route;
  readonly actionOf: (soapAction: string) => readonly Operation[];
  readonly serviceOf: (name: string, version: string) => Service | null;
} {
  const byRequest = new Map<string, { readonly service: Service; readonly operation: Operation }>();
  const byAction = new Map<string, Operation[]>();
  for (const service of services) {
    for (const operation of service.contract.operations) {
      byRequest.set(`{${operation.request.namespace}}${operation.request.name}`, { service, operation });
      for (const action of operation.soapActions) {
        byAction.set(action, [...(byAction.get(action) ?? []), operation]);
      }
    }
  }
  return {
    route: (namespace, name) => byRequest.get(`{${namespace}}${name}`) ?? null,
    actionOf: (soapAction) => byAction.get(soapAction) ?? [],
    serviceOf: (name, version) =>
      services.find(({ rules }) => rules.name === name && rules.version === version) ?? null,
  };
}
