import { kindOf, type Publication } from '../exchange/publication.ts';
import { elementTable } from './handbook-elements.ts';
import { article, MARK } from './handbook-page.ts';
import { code, type Markdown, section, tableOf } from './markdown.ts';

export const publicationPageName = ({ name, version }: Publication) => `${name}-${version}.md`;

export const contentsOf = (publication: Publication): string =>
  kindOf(publication) === 'snapshot'
    ? `everybody as \`${publication.asks?.service} ${publication.asks?.version}\` has them then`
    : 'what changed';

/** One publication for those who subscribe to it, from its contract alone: always the same for the same contract. */
export function publicationPage(publication: Publication): string {
  const { name, version } = publication;
  const lines = [
    MARK,
    '',
    `# ${name} ${version}`,
    '',
    ...factsTable(publication),
    '',
    ...section(
      'The content',
      [
        `Paths are below \`Publicatie/Onderwerpen/Onderwerp/Inhoud/${publication.payload.name}\`. A grant shows what its paths name (\`--visible\`), a subscription narrows that (\`--filter\`): \`A/B\` an element and its text, \`A/B/@c\` an attribute, \`A/B/**\` all of it, \`**\` everything.`,
      ],
      elementTable(publication.payload),
    ),
    ...section('As CSV', csvLines(publication)),
    ...section(
      'Subscribe',
      [
        'With `RegistreerAbonnement`, or by an operator, who grants it first. How files are named, fetched and proven:',
        '[publication-files.md](../publication-files.md).',
      ],
      code('sh', commands(publication)),
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function factsTable(publication: Publication): Markdown {
  const { name, version, prefix, root, schema, subject } = publication;
  const stem = `${prefix}.${name.toLowerCase()}-${version.replace('.', '')}`;
  return tableOf(
    ['', ''],
    [
      ['Kind', kindOf(publication)],
      ['Holds', contentsOf(publication)],
      ['Files', `\`${stem}_<yyyyMMddHHmmssSSS>.xml\`, each with \`….voucher.xml\``],
      ['Root', `\`{${root.namespace}}${root.name}\``],
      ['Schema', `\`${schema}\``],
      ['Subject', `${article(subject.kind)}, whose number is at \`${subject.path}\` and always there`],
    ],
  );
}

const csvLines = ({ columns }: Publication): Markdown =>
  columns === null
    ? ['There is none.']
    : [
        'Below `Onderwerp`, in this order, after the day of the change:',
        '',
        ...columns.map((column) => `- \`${column}\``),
      ];

const commands = ({ name, version }: Publication): string =>
  [
    `npx kruispunt grant add --party NAME --uri URI --service ${name} --version ${version} \\`,
    "    --legal-basis TEXT --from DAY --visible '**'",
    `npx kruispunt subscription add --party NAME --uri URI --publication ${name} --version ${version} \\`,
    "    --schedule '0 3 * * *' --legal-basis TEXT --from DAY",
  ].join('\n');
