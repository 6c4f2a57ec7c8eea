import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the part of V8's heap where objects begin at the size that it has now. Left alone it grows to some 100 MB in a
 * process that makes much that soon is garbage, as one that writes files does: memory that nothing needs, since what
 * lives on is a few MB, and that is not faster for it either (bench/results.md).
 */
export const keepHeapSteady = (): void => setFlagsFromString('--semi-space-growth-factor=1');
