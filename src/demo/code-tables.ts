import type { CodeTable } from '../exchange/code-table.ts';

type Row = readonly [sourceCode: string, magdaCode: string, description?: string];

const table = (name: string, source: string, rows: readonly Row[]): CodeTable => ({
  name,
  source,
  codes: rows.map(([sourceCode, magdaCode, description]) => ({
    ...{ sourceCode, magdaCode, description: description ?? null },
  })),
});

/** What the codes of the demo sources are called in MAGDA; what is missing here is missing on purpose. */
export const demoCodeTables: readonly CodeTable[] = [
  table('geslacht', 'ksz', [
    ['M', '1', 'Mannelijk'],
    ['V', '2', 'Vrouwelijk'],
    ['O', '0'],
  ]),
  table('fouten', 'ksz', [
    ['30001', '30001'],
    ['30004', '30004', 'De persoon heeft een nieuw INSZ.'],
    ['1042', '13202', 'Voor dit INSZ is er geen dossier bij de bron.'],
  ]),
  table('geslacht-zoeken', 'rijksregister', [
    ['3', '1', 'Mannelijk'],
    ['4', '2', 'Vrouwelijk'],
  ]),
];
