import { z } from 'zod';
import type { ServiceControls } from '../exchange/controls.ts';

const path = z.string().min(1);

/** What stands under `controls` in a `service.yaml`. */
export const controlsShape = z.strictObject({
  registration: z.boolean().optional(),
  population: z.boolean().default(true),
  period: z
    .strictObject({
      on: path.optional(),
      begin: path.optional(),
      end: path.optional(),
      whole: path.optional(),
      'last-day': z.enum(['today', 'open']).optional(),
      outside: z.enum(['refuse', 'clip']).default('refuse'),
    })
    .refine(
      ({ on, begin, end }) =>
        on === undefined
          ? begin !== undefined && end !== undefined
          : begin === undefined && end === undefined,
      'expected either on, or begin and end',
    )
    .refine((period) => period.on === undefined || period['last-day'] === undefined, {
      path: ['last-day'],
      message: 'one day has no other last day; remove it',
    })
    .optional(),
  throttle: z
    .strictObject({ max: z.number().int().positive(), within: z.number().int().positive() })
    .optional(),
});

/** The controls as they hold: a service about somebody demands a registration unless it says that it does not. */
export function controlsOf(
  written: z.infer<typeof controlsShape>,
  about: { readonly subject: boolean },
): ServiceControls {
  const { registration, population, period, throttle } = written;
  return {
    registration: registration ?? about.subject,
    population,
    period: period
      ? {
          paths:
            period.on === undefined
              ? { begin: period.begin ?? '', end: period.end ?? '' }
              : { on: period.on },
          whole: period.whole ?? null,
          lastDay: period['last-day'] ?? 'today',
          outside: period.outside,
        }
      : null,
    throttle: throttle ?? null,
  };
}
