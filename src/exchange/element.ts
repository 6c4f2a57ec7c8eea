/**
 * A node of the one tree in which a message lives. `xml/` makes them; everything later reads the same ones,
 * so that what was validated, what was signed and what is used can never be three different things.
 */
export interface Element {
  readonly name: string;
  /** Namespace URI, '' when the element is in none. */
  readonly namespace: string;
  /** Line in the message as it was received, from 1. */
  readonly line: number;
  /** All character data below this element, comments excluded, CDATA and references resolved. */
  readonly text: string;
  readonly parent: Element | null;
  readonly children: readonly Element[];
  readonly attributes: readonly Attribute[];
  /**
   * The only child element with this name; null when there is none, the first when there are several.
   *
   * @param namespace '' for none, which is meant where nothing is said; null for whichever
   */
  child(name: string, namespace?: string | null): Element | null;
  attribute(name: string, namespace?: string): string | null;
  /** Same node of the same tree. */
  is(other: Element): boolean;
  /** Exclusive XML Canonicalization 1.0 without comments of this subtree, as it stands in its document. */
  canonical(inclusivePrefixes?: readonly string[]): Uint8Array;
  /** Canonical XML 1.0 (inclusive) without comments of this subtree: holds what its ancestors declare, too. */
  canonicalInclusive(): Uint8Array;
  /** Puts this text in the place of all that is in an element without child elements. */
  replaceText(text: string): void;
  /** Takes this element, with all below it, out of its tree. Nothing below it may be read afterwards. */
  remove(): void;
  removeAttribute(name: string, namespace?: string): void;
}

export type Attribute = { readonly name: string; readonly namespace: string; readonly value: string };

declare const proven: unique symbol;
/** The very element that a verified signature covers. Only `wss/` makes one, from the node it digested. */
export type Proven = Element & { readonly [proven]: true };
