import type { machine } from './cpu.ts';

/** One figure, and what it must be. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** More about it: a range, sizes. */
  readonly note: string;
  readonly target: { readonly least: number } | { readonly most: number } | null;
};

export type Report = {
  readonly at: string;
  readonly machine: ReturnType<typeof machine>;
  /** Processes that wanted a core, at the start and at the end; above the number of cores a figure is not worth much. */
  readonly load: readonly [number, number];
  readonly figures: readonly Figure[];
};

export const isMet = ({ value, target }: Figure): boolean | null =>
  target === null ? null : 'most' in target ? value <= target.most : value >= target.least;

const written = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);

const goal = (target: Figure['target'], unit: string) =>
  target === null
    ? ''
    : 'most' in target
      ? `≤ ${written(target.most)} ${unit}`
      : `≥ ${written(target.least)} ${unit}`;

/** As columns, for people. */
export function asText({ at, machine, load, figures }: Report): string {
  const rows = figures.map((figure) => {
    const met = isMet(figure);
    const verdict = met === null ? '' : met ? 'met' : 'MISSED';
    const { name, value, unit, note, target } = figure;
    return [name, `${written(value)} ${unit}`, goal(target, unit), verdict, note];
  });
  const all = [['', 'measured', 'target', '', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const { cpu, cores, node } = machine;
  return [
    `${at}, ${cpu}, ${cores} cores, node ${node}, load ${load.map((each) => each.toFixed(2)).join(' to ')}`,
    '',
    ...lines,
  ].join('\n');
}
