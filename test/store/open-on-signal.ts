/** A process that opens the store it is told to, once its parent says so, and makes one change. */
import { once } from 'node:events';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { newParty } from './samples.ts';

const url = process.argv[2];
if (!url || !process.send) throw new Error('run me with fork and a database URL');
process.send('ready');
await once(process, 'message');
const store = await openStore(url, { clock: systemClock });
await store.addParty(newParty());
await store.close();
process.disconnect();
