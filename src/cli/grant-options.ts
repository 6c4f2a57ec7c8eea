import { AS_THE_SERVICE, controlOption, rawControls } from './configuration-controls.ts';
import type { GrantImage } from './configuration-image.ts';
import type { Options } from './configuration-options.ts';
import { rawGrant } from './configuration-raw.ts';
import { UsageError } from './output.ts';

/** Options that say something of a control in the service's stead. */
const CONTROLS = {
  'check-registration': 'registration',
  'check-population': 'population',
  'check-period': 'period',
  throttle: 'throttle',
} as const;
export const controlOptions = Object.keys(CONTROLS);
export const limitOptions = ['population', 'data-from', 'data-until'];
const NONE = 'none';

/** `controls`, as the file would have it, of a grant that had `before` and these options. */
export function controlsGiven(options: Options, before: GrantImage | null) {
  const given = Object.entries(CONTROLS).flatMap(([option, control]) => {
    const text = options.one(option);
    if (text === null) return [];
    const value = controlOption(control, text);
    const readable =
      value === undefined || typeof value !== 'string' || value === 'off' || control === 'period';
    if (!readable) throw new UsageError(`--${option} ${text}: ${EXPECTED[control]}, or ${AS_THE_SERVICE}`);
    return [[control, value] as const];
  });
  return { ...(before && rawControls(before.controls)), ...Object.fromEntries(given) };
}

const EXPECTED = {
  registration: 'expected on or off',
  population: 'expected on or off',
  period: 'expected refuse, clip or off',
  throttle: 'expected MAX/MILLISECONDS such as 100/60000, or off',
};

/** Whom and which days a grant is limited to; `none` takes a limit away. */
export function limitsGiven(options: Options) {
  return Object.fromEntries(
    limitOptions.flatMap((option) => {
      const text = options.one(option);
      return text === null ? [] : [[option, text === NONE ? undefined : text]];
    }),
  );
}

/** Paths with some added and some removed, as the options say. */
export function pathsGiven(options: Options, kind: 'visible' | 'writable', before: readonly string[]) {
  const removed = options.many(`remove-${kind}`);
  const missing = removed.filter((path) => !before.includes(path));
  if (missing.length > 0)
    throw new UsageError(`not there to be removed: ${missing.join(', ')}; there is ${before.join(', ')}`);
  return [...before.filter((path) => !removed.includes(path)), ...options.many(`add-${kind}`)];
}

/** A grant as the file would have it, once these options have been given for it. */
export const changedBy = (options: Options, before: GrantImage, fields: readonly string[]) => ({
  ...rawGrant(before),
  ...options.given(...fields),
  ...(options.one('until') === 'never' ? { until: undefined } : {}),
  ...limitsGiven(options),
  controls: controlsGiven(options, before),
  visible: pathsGiven(options, 'visible', before.visible),
  writable: pathsGiven(options, 'writable', before.writable),
});
