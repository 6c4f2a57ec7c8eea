import { isVisible } from '../contract/apply-visibility.ts';
import { narrowed } from '../contract/narrow.ts';
import { compileVisibility, type Visibility } from '../contract/visibility.ts';
import type { Publication } from '../exchange/publication.ts';

/**
 * What a subscriber gets to see of a payload: what its grant shows, as far as its own filter wants it. About whom a
 * change is cannot be filtered away: a change of nobody is none. To be frozen when a file is closed, so that a grant
 * or filter that changes afterwards does not change the file.
 */
export const visibleTo = (
  { subject }: Publication,
  granted: readonly string[],
  filter: readonly string[],
): readonly string[] => narrowed(granted, filter.length === 0 ? [] : [...filter, subject.path]);

/**
 * The same, compiled.
 *
 * @throws Error when it shows not even about whom a change is: such a file would tell nobody anything
 */
export function visibilityOf(publication: Publication, visible: readonly string[]): Visibility {
  const { visibility, problems } = compileVisibility(publication.payload, visible);
  if (isVisible(visibility, publication.subject.path)) return visibility;
  const why = problems.join('; ') || `${publication.subject.path} is not granted`;
  throw new Error(`nothing of ${publication.payload.name} may be shown: ${why}`);
}
