import { z } from 'zod';

/** What the load generator is told to do. */
export const loadJob = z.object({
  url: z.string(),
  /** Of the process whose CPU is counted. */
  pid: z.number(),
  insz: z.string(),
  count: z.number(),
  /** Closed: so many always under way. Open: so many sent a second, whatever comes back. */
  load: z.union([z.object({ concurrency: z.number() }), z.object({ rate: z.number() })]),
  asker: z.object({
    privateKey: z.string(),
    certificate: z.string(),
    uri: z.string(),
    hoedanigheid: z.string().nullable(),
  }),
  /** Whose certificates sign answers, PEM. */
  authority: z.string(),
});

/** What it saw. Times in milliseconds, from the moment at which a question was due to be sent. */
export const loadResult = z.object({
  rate: z.number(),
  cpuMicros: z.number(),
  p50: z.number(),
  p99: z.number(),
  worst: z.number(),
  questionBytes: z.number(),
  answerBytes: z.number(),
  verified: z.number(),
});

export type LoadJob = z.infer<typeof loadJob>;
export type LoadResult = z.infer<typeof loadResult>;
