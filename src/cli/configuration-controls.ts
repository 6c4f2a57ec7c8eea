import { z } from 'zod';
import type { GrantControls, Throttle } from '../exchange/controls.ts';

/** What a grant says of the controls, in the words of the file and of the options. */

const onOrOff = z.boolean('expected true or false').optional();
/** On the command line in words, in a file as it is usual there. */
export const switched = z
  .union([z.boolean(), z.enum(['on', 'off'])], 'expected on or off')
  .transform((said) => said === true || said === 'on');
const whole = (what: string, most: number) =>
  z
    .number(`expected ${what}`)
    .int(`expected ${what}`)
    .min(1, `expected ${what}`)
    .max(most, `at most ${most}`);

const LONGEST = 31 * 86_400_000;

export const controlsShape = z
  .strictObject({
    registration: onOrOff,
    population: onOrOff,
    period: z.enum(['refuse', 'clip', 'off']).optional(),
    throttle: z
      .union([
        z.literal('off'),
        z.strictObject({
          max: whole('a number of questions', 1_000_000_000),
          within: whole('a number of milliseconds', LONGEST),
        }),
      ])
      .optional(),
  })
  .transform(
    ({ registration, population, period, throttle }): GrantControls => ({
      registration: registration ?? null,
      population: population ?? null,
      period: period ?? null,
      throttle: throttle ?? null,
    }),
  );

/** null when it says nothing. */
export function rawControls(controls: GrantControls): Readonly<Record<string, unknown>> | null {
  const said = Object.entries(controls).filter(([, value]) => value !== null);
  return said.length === 0 ? null : Object.fromEntries(said);
}

const SWITCH: Readonly<Record<string, boolean>> = { on: true, off: false };
export const AS_THE_SERVICE = 'service';

/** An option of the command line as the file would have it; `service` takes away what the grant says. */
export function controlOption(control: keyof GrantControls, text: string): unknown {
  if (text === AS_THE_SERVICE) return undefined;
  if (control === 'registration' || control === 'population') return SWITCH[text] ?? text;
  if (control === 'period' || text === 'off') return text;
  const [, max, within] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  return max === undefined ? text : { max: Number(max), within: Number(within) };
}

const throttleText = ({ max, within }: Throttle) => `${max}/${within}`;

/** As the options take it. */
export function controlsText({ registration, population, period, throttle }: GrantControls): string {
  const onOff = (value: boolean) => (value ? 'on' : 'off');
  return [
    ...(registration === null ? [] : [`registration ${onOff(registration)}`]),
    ...(population === null ? [] : [`population ${onOff(population)}`]),
    ...(period === null ? [] : [`period ${period}`]),
    ...(throttle === null ? [] : [`throttle ${throttle === 'off' ? 'off' : throttleText(throttle)}`]),
  ].join(', ');
}
