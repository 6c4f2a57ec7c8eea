import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the part of V8's heap where objects begin at the size that it has now. Left alone it grows to some 100 MB in a
 * process that makes much that soon is garbage, as one that writes files does: memory that nothing needs, since what
 * lives on is a few MB, and that is not faster for it either (bench/results.md).
 */
export const keepHeapSteady = (): void => setFlagsFromString('--semi-space-growth-factor=1');

/**
 * Has V8 look for garbage among what has lived longer when that has grown by three tenths. Left alone it waits until it has
 * grown to several times what is alive: a bus that answers gets 2.7 KB larger with each question, for tens of thousands of
 * them, and nobody can tell whether it will ever end (bench/results.md).
 */
export const collectSooner = (): void => setFlagsFromString('--heap-growing-percent=30');
