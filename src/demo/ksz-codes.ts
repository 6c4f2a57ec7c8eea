import { z } from 'zod';

type Image = Record<string, unknown>;

const sexed = z.looseObject({ Geslacht: z.looseObject({ Code: z.string() }) });
const SEX: Readonly<Record<string, string>> = { 1: 'M', 2: 'V' };

/** People of whom the demo KSZ says what a code table has no description for, and what it does not have at all. */
const odd: ReadonlyMap<unknown, string> = new Map([
  ['57610121125', 'O'],
  ['98680812634', 'Q'],
]);

/** A person as the demo KSZ has them: sex is a letter. */
export function inWordsOfTheKsz(image: Image): Image {
  const read = sexed.safeParse(image);
  if (!read.success) return image;
  const { Geslacht, ...rest } = read.data;
  const code = odd.get(image.INSZ) ?? SEX[Geslacht.Code] ?? Geslacht.Code;
  // In the order of the register's image: nothing but the code differs.
  return Object.fromEntries(
    Object.keys(image).map((key) => [key, key === 'Geslacht' ? { ...Geslacht, Code: code } : rest[key]]),
  );
}

const error = (number: string, text: string) => ({
  ...{ Identificatie: number, Oorsprong: 'KSZ', Type: 'FOUT', Diagnose: text },
});

/** People about whom the demo KSZ answers with an error of its own: one that a table has, and one that none has. */
export const kszErrors: ReadonlyMap<string, ReturnType<typeof error>> = new Map([
  ['72710321753', error('1042', 'Geen dossier')],
  ['61670155501', error('1099', 'Onverwachte toestand 99')],
]);
