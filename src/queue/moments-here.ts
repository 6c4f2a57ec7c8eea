import type { Clock } from '../exchange/clock.ts';
import type { Moment, NextMoment } from './queue.ts';

/** A clock may be set while a timer runs: it is looked at this often, in milliseconds, whatever the next moment is. */
const LOOK = 10_000;

type Kept = { readonly moment: Moment; readonly at: Date | null };

/** Calls back whenever a moment comes, in this process. */
export function momentsHere(clock: Clock, next: NextMoment, due: (step: string, id: string) => void) {
  const kept = new Map<string, Map<string, Kept>>();
  let timer: NodeJS.Timeout | null = null;

  const after = (moment: Moment, at: Date): Kept => ({ moment, at: next(moment.cron, moment.timeZone, at) });

  function look(): void {
    const now = clock.now();
    for (const [step, moments] of kept) {
      for (const [id, { moment, at }] of moments) {
        if (at === null || at > now) continue;
        moments.set(id, after(moment, now));
        due(step, id);
      }
    }
    wait();
  }

  function wait(): void {
    if (timer) clearTimeout(timer);
    const all = [...kept.values()].flatMap((moments) => [...moments.values()]);
    if (all.length === 0) return;
    const now = clock.now().getTime();
    const soonest = all.reduce((least, { at }) => Math.min(least, (at?.getTime() ?? now + LOOK) - now), LOOK);
    // Timers may come a millisecond early; a moment is then looked at once more.
    timer = setTimeout(look, Math.max(1, soonest)).unref();
  }

  return {
    keep: (step: string, moments: readonly Moment[]) => {
      const before = kept.get(step) ?? new Map<string, Kept>();
      const now = clock.now();
      const same = (a: Moment, b: Moment) => a.cron === b.cron && a.timeZone === b.timeZone;
      kept.set(
        step,
        new Map(
          moments.map((moment) => {
            const known = before.get(moment.id);
            return [moment.id, known && same(known.moment, moment) ? known : after(moment, now)];
          }),
        ),
      );
      wait();
    },
    stop: () => {
      if (timer) clearTimeout(timer);
      kept.clear();
    },
  };
}
