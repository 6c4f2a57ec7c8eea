import type { Element } from '../exchange/element.ts';
import type { Notice } from '../exchange/message.ts';

/** JSON image of an element: as `fromJson` reads it. */
export type Image = Readonly<Record<string, unknown>>;

/** What a demo source has to remark, in its own name. */
export type Remark = Pick<Notice, 'number' | 'type' | 'text'> & Partial<Pick<Notice, 'annotations'>>;

/** What a demo source makes of a question, before it is put in the form of a service. */
export type Said =
  /** `image` is that of the whole Inhoud. */
  | { readonly kind: 'content'; readonly image: Image; readonly remarks: readonly Remark[] }
  /** Half of an answer. */
  | { readonly kind: 'truncated'; readonly image: Image }
  | { readonly kind: 'refused'; readonly why: Remark }
  | { readonly kind: 'down' }
  | { readonly kind: 'fault' };

/** Answers a question by its content (Vraag/Inhoud), which can be read until the answer is there. */
export type Answerer = (content: Element) => Promise<Said>;

/** Answerers by the name of their service. */
export type Answerers = Readonly<Record<string, Answerer>>;

export const said = (image: Image, remarks: readonly Remark[] = []): Said => ({
  kind: 'content',
  image,
  remarks,
});

export const refused = (number: string, text: string): Said => ({
  kind: 'refused',
  why: { number, type: 'FOUT', text },
});

export const nothingFound = refused('30001', 'Geen gegevens gevonden.');
