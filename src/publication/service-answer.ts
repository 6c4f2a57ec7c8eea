import { resultOf } from '../dialect/magda-result.ts';
import type { Element } from '../exchange/element.ts';
import type { Bounded, Notice } from '../exchange/message.ts';
import type { Subject } from '../exchange/party.ts';
import { type RefusalCode, refusals } from '../exchange/refusal.ts';
import type { Computed } from '../exchange/source.ts';
import { plain } from '../xml/names.ts';
import { type Content, element } from '../xml/write.ts';
import { writtenTree } from '../xml/written-tree.ts';

/** Why a service around publications does not do what it is asked, or what it has to say beside its answer. */
export type Objection = {
  readonly code: Extract<
    RefusalCode,
    | '20001'
    | '20002'
    | '20003'
    | '20007'
    | '20008'
    | '20009'
    | '30001'
    | '40034'
    | '40144'
    | '40145'
    | '40146'
  >;
  readonly type: 'FOUT' | 'WAARSCHUWING';
  /** Which part of the question it is about, and what is wrong there; the sender is told. */
  readonly circumstance: string;
};

export const fout = (code: Objection['code'], circumstance: string): Objection => ({
  ...{ code, type: 'FOUT', circumstance },
});

export const noticeOf = ({ code, type, circumstance }: Objection): Notice => ({
  ...{ number: code, origin: 'MAGDA', type, text: refusals[code].text, circumstance },
  ...{ annotations: [], references: [] },
});

/** An Inhoud with these elements, that lives as long as the message. */
export function contentOf(message: Bounded, elements: readonly (Content | null)[]): Element {
  return writtenTree(element(plain('Inhoud'), elements), message.ending);
}

/** A writing service's answer: done, with whatever follows Resultaat, and perhaps a warning. */
export const done = (
  message: Bounded,
  subjects: readonly Subject[],
  warnings: readonly Objection[] = [],
  more: readonly (Content | null)[] = [],
): Computed => ({
  ...{ content: contentOf(message, [resultOf(true), ...more]), notices: warnings.map(noticeOf) },
  ...{ subjects, asked: [] },
});

/** Nothing of it was done. */
export const declined = (
  message: Bounded,
  subjects: readonly Subject[],
  objections: readonly Objection[],
): Computed => ({
  ...{ content: contentOf(message, [resultOf(false)]), notices: objections.map(noticeOf) },
  ...{ subjects, asked: [] },
});
