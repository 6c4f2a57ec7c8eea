/** How often something may be done: at the most `max` times in any `within` milliseconds. */
export type Throttle = { readonly max: number; readonly within: number };

/**
 * Whether one more may be done at this moment of what `key` names; it then counts. What is refused does not count, so
 * that whoever keeps trying is let through again as soon as anyone else would be.
 */
export type TakeTurn = (key: string, limit: Throttle, at: Date) => Promise<boolean>;

/** What becomes of a question about a period of which a part may not be consulted. */
export type Outside = 'refuse' | 'clip';

/** What a grant says of a control in the service's stead; null: as the service says. */
export type GrantControls = {
  readonly registration: boolean | null;
  readonly population: boolean | null;
  readonly period: Outside | 'off' | null;
  readonly throttle: Throttle | 'off' | null;
};

/** Where a question says about which days it is, below its content: one day, or a first and a last one. */
export type PeriodPaths = { readonly on: string } | { readonly begin: string; readonly end: string };

/**
 * `whole`: where a flag of 1 or true asks for all there ever was, instead of a period. `lastDay`: what a question means that names its first day and not its last: until today, or without end. Without
 * any day at all it is about today.
 */
export type PeriodControl = {
  readonly paths: PeriodPaths;
  readonly whole: string | null;
  readonly lastDay: 'today' | 'open';
  readonly outside: Outside;
};

/** The controls of a service, as `service.yaml` has them. */
export type ServiceControls = {
  readonly registration: boolean;
  /** Whether grants that name a target population are held to it. */
  readonly population: boolean;
  /** null: the service says nothing of a period. */
  readonly period: PeriodControl | null;
  /** Of each party; null: as often as it likes. */
  readonly throttle: Throttle | null;
};

export const asTheServiceSays: GrantControls = {
  registration: null,
  population: null,
  period: null,
  throttle: null,
};

/** What holds for one party: the service's controls, and in their place what its grant says. */
export function inForce(service: ServiceControls, grant: GrantControls): ServiceControls {
  const throttle = grant.throttle ?? service.throttle;
  return {
    registration: grant.registration ?? service.registration,
    population: grant.population ?? service.population,
    period:
      service.period === null || grant.period === 'off'
        ? null
        : { ...service.period, outside: grant.period ?? service.period.outside },
    throttle: throttle === 'off' ? null : throttle,
  };
}
