/** One code of a source, and what it is called in the contract. */
export type Code = {
  readonly sourceCode: string;
  readonly magdaCode: string;
  /** In Dutch; null when nobody wrote one down. */
  readonly description: string | null;
};

/** The codes of one kind that one source writes, beside MAGDA's. In the order in which operators gave them. */
export type CodeTable = {
  readonly name: string;
  readonly source: string;
  readonly codes: readonly Code[];
};

/** A table as it is looked up in. */
export type Codes = {
  readonly toMagda: (sourceCode: string) => Code | null;
  /** Where several codes of the source mean the same: the first. */
  readonly toSource: (magdaCode: string) => string | null;
};

/** null: operators have no table of that name for that source. */
export type CodesOf = (table: string, source: string) => Codes | null;

export function codesIn({ codes }: CodeTable): Codes {
  const bySource = new Map(codes.map((code) => [code.sourceCode, code]));
  const byMagda = new Map(codes.toReversed().map(({ magdaCode, sourceCode }) => [magdaCode, sourceCode]));
  return {
    toMagda: (code) => bySource.get(code) ?? null,
    toSource: (code) => byMagda.get(code) ?? null,
  };
}

/** How a table is found among others. */
export const codeTableKey = ({ name, source }: Pick<CodeTable, 'name' | 'source'>): string =>
  JSON.stringify([name, source]);
