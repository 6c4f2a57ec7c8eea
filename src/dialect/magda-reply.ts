import type { Element } from '../exchange/element.ts';
import type { Answer, Notice, Sender } from '../exchange/message.ts';
import { plain, type QName } from '../xml/names.ts';
import { element, type Markup } from '../xml/write.ts';
import { at, paths, textAt } from './magda-names.ts';
import { localMoment } from './magda-time.ts';

export type ReplyParts = {
  readonly response: QName;
  readonly name: string;
  /** NN.NN */
  readonly version: string;
  readonly at: Date;
  /** Under which name the bus (or a source) speaks. */
  readonly speaker: string;
  /** The exchange's id: what the sender needs to name when it asks why. */
  readonly reference: string;
  readonly sender: Sender;
  /** null: the question was not looked at, so there is no Antwoord (level 2). */
  readonly answer: AnswerParts | null;
  /** Level 2. */
  readonly notices: readonly Notice[];
};

export type AnswerParts = {
  readonly reference: string;
  /** The whole Inhoud element. */
  readonly content: Markup | null;
  /** Level 3. */
  readonly notices: readonly Notice[];
};

/** A reply as the bus gives it: Context, then the one Antwoord, then what went wrong with the question as a whole. */
export function writeReply(parts: ReplyParts): Markup {
  const { sender, answer, notices } = parts;
  return element(parts.response, [
    element(plain('Repliek'), [
      element(plain('Context'), [
        element(plain('Naam'), parts.name),
        element(plain('Versie'), `${parts.version}.0000`),
        element(plain('Bericht'), [
          element(plain('Type'), 'ANTWOORD'),
          moment(parts.at),
          element(plain('Afzender'), [
            element(plain('Identificatie'), parts.speaker),
            element(plain('Referte'), parts.reference),
          ]),
          element(plain('Ontvanger'), [
            element(plain('Identificatie'), sender.uri),
            element(plain('Referte'), sender.reference),
            sender.hoedanigheid === null ? null : element(plain('Hoedanigheid'), sender.hoedanigheid),
            sender.endUser === null ? null : element(plain('Gebruiker'), sender.endUser),
          ]),
        ]),
      ]),
      answer && element(plain('Antwoorden'), [writeAnswer(answer, parts.at)]),
      writeNotices(notices, parts.at),
    ]),
  ]);
}

const writeAnswer = ({ reference, content, notices }: AnswerParts, when: Date) =>
  element(plain('Antwoord'), [element(plain('Referte'), reference), content, writeNotices(notices, when)]);

function moment(when: Date): Markup {
  const { date, time } = localMoment(when);
  return element(plain('Tijdstip'), [element(plain('Datum'), date), element(plain('Tijd'), time)]);
}

function writeNotices(notices: readonly Notice[], when: Date): Markup | null {
  if (notices.length === 0) return null;
  return element(
    plain('Uitzonderingen'),
    notices.map((notice) =>
      element(plain('Uitzondering'), [
        element(plain('Identificatie'), notice.number),
        element(plain('Oorsprong'), notice.origin),
        element(plain('Type'), notice.type),
        moment(when),
        element(plain('Diagnose'), notice.text),
        notice.circumstance === null ? null : element(plain('Omstandigheid'), notice.circumstance),
        notice.annotations.length === 0
          ? null
          : element(
              plain('Annotaties'),
              notice.annotations.map(({ name, value }) =>
                element(plain('Annotatie'), [element(plain('Naam'), name), element(plain('Waarde'), value)]),
              ),
            ),
        notice.references.length === 0
          ? null
          : element(
              plain('ElementReferenties'),
              notice.references.map((reference) => element(plain('ElementReferentie'), reference)),
            ),
      ]),
    ),
  );
}

/** What a reply says, level by level; `toReference` is whose question it answers, by the asker's own reference. */
export type ReadReply = Answer & {
  readonly level2: readonly Notice[];
  readonly toReference: string | null;
  readonly answerReference: string | null;
};

/** Reads a reply that passed its schema, whoever gave it. */
export function readReply(payload: Element): ReadReply {
  const reply = at(payload, paths.reply);
  const answer = at(payload, paths.answer);
  return {
    toReference: reply && textAt(reply, 'Context/Bericht/Ontvanger/Referte'),
    answerReference: answer && textAt(answer, 'Referte'),
    content: answer?.child('Inhoud') ?? null,
    notices: readNotices(answer),
    level2: readNotices(reply),
  };
}

function readNotices(from: Element | null): readonly Notice[] {
  return (from?.child('Uitzonderingen')?.children ?? []).map((notice) => ({
    number: textAt(notice, 'Identificatie') ?? '',
    origin: textAt(notice, 'Oorsprong') ?? '',
    type: kindOf(textAt(notice, 'Type')),
    text: textAt(notice, 'Diagnose') ?? '',
    circumstance: textAt(notice, 'Omstandigheid'),
    annotations: (notice.child('Annotaties')?.children ?? []).map((annotation) => ({
      name: textAt(annotation, 'Naam') ?? '',
      value: textAt(annotation, 'Waarde') ?? '',
    })),
    references: (notice.child('ElementReferenties')?.children ?? []).map((reference) =>
      reference.text.trim(),
    ),
  }));
}

const kindOf = (type: string | null): Notice['type'] =>
  type === 'WAARSCHUWING' || type === 'INFORMATIE' ? type : 'FOUT';
