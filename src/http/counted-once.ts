/** One scrape asks once; another one that comes so many milliseconds later asks again. */
const FRESH = 2_000;

/**
 * The same count for every figure of a scrape; null while it cannot be done.
 *
 * @param fresh milliseconds for which a count holds
 */
export function countedOnce<Counts>(
  count: () => Promise<Counts>,
  fresh = FRESH,
): () => Promise<Counts | null> {
  let counted: { readonly at: number; readonly counts: Promise<Counts | null> } | null = null;
  return () => {
    const now = performance.now();
    if (counted === null || now - counted.at > fresh)
      counted = { at: now, counts: count().catch(() => null) };
    return counted.counts;
  };
}
