import type { Service } from '../exchange/service.ts';
import { type ConfigurationImage, codesLabel } from './configuration-image.ts';

type CodeMistake = {
  readonly at: readonly ['codes' | 'services', ...(string | number)[]];
  readonly name: string;
  readonly message: string;
};

/** What is wrong with the code tables, and with the services that translate by them. */
export function codeMistakes(
  { codes, sources }: ConfigurationImage,
  services: readonly Service[],
): readonly CodeMistake[] {
  const found: CodeMistake[] = [];
  const names = new Set(sources.map(({ name }) => name));
  const labels = codes.map(codesLabel);
  codes.forEach((table, position) => {
    const say = (key: readonly (string | number)[], message: string) =>
      found.push({ at: ['codes', position, ...key], name: codesLabel(table), message });
    if (labels.indexOf(codesLabel(table)) < position) say(['table'], 'the table is there twice');
    if (!names.has(table.source)) say(['source'], `there is no source ${table.source}`);
    const seen = new Set<string>();
    table.codes.forEach(({ sourceCode }, index) => {
      if (seen.has(sourceCode)) say(['codes', index, 'code'], `code ${sourceCode} is there twice`);
      seen.add(sourceCode);
    });
  });
  for (const { rules } of services) {
    for (const { table, source } of rules.codes) {
      const label = codesLabel({ name: table, source });
      if (labels.includes(label)) continue;
      const name = `${rules.name} ${rules.version}`;
      found.push({ at: ['services'], name, message: `translates by ${label}, which is not there` });
    }
  }
  return found;
}
