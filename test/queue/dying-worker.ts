import { systemClock } from '../../src/exchange/clock.ts';
import { bullQueue } from '../../src/queue/bull.ts';
import { everySecond, quiet, step } from './queue-suite.ts';

/** A process that takes a row on and says so, and never ends it: to be killed. */
const [url = '', prefix = ''] = process.argv.slice(2);
bullQueue({
  ...{ clock: systemClock, url, next: everySecond, log: quiet, prefix },
  steps: [
    step('write', {
      run: async (id) => {
        console.log(id);
        await new Promise(() => {});
      },
    }),
  ],
}).work();
