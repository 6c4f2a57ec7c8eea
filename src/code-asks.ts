import type { CodeAsks } from './contract/steps.ts';
import { publicationServiceNames } from './publication/publication-services.ts';
import { repertoryNames } from './registers/repertory-services.ts';
import { geefDossier } from './services/geef-dossier/geef-dossier.ts';

/** Every name that `answer.by` may have, with the services that the code asks on its way. */
export const codeAsks: CodeAsks = new Map([
  ...[...repertoryNames, ...publicationServiceNames].map((name) => [name, []] as const),
  ['geef-dossier', geefDossier.asks],
]);
