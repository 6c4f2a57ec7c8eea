import type { Publication } from '../exchange/publication.ts';

/** @throws Error when it is not, or no longer, published */
export function publicationNamed(
  publications: readonly Publication[],
  wanted: { readonly publication: string; readonly version: string },
): Publication {
  const found = publications.find(
    ({ name, version }) => name === wanted.publication && version === wanted.version,
  );
  if (!found) throw new Error(`${wanted.publication} ${wanted.version} is not published any more`);
  return found;
}
