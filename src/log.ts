import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';

/**
 * Bytes that are written together at most, but for the last line: several processes write to one pipe, which takes no
 * more than 4096 bytes at once without another's between them.
 */
const TOGETHER = 2048;
/** Milliseconds that a line may wait for others. */
const WITHIN = 100;

/** The program's log: lines of JSON on stdout. Those that come together are written together, as each write is dear. */
export const openLog = ({ logLevel }: Pick<Config, 'logLevel'>): Logger =>
  pino({ level: logLevel }, pino.destination({ dest: 1, minLength: TOGETHER, periodicFlush: WITHIN }));
