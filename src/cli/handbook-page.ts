import { textOf } from '../contract/type-facts.ts';
import { dialectOf, filteredModel } from '../dialect/dialect.ts';
import type { Operation } from '../exchange/contract.ts';
import type { SubjectKind } from '../exchange/party.ts';
import type { Rules, Service } from '../exchange/service.ts';
import { endpointPath } from '../exchange/service-path.ts';
import { childrenOf, type DocumentNode, readDocument } from '../xml/document.ts';
import { answeredBy, codeLines, controlLines } from './handbook-controls.ts';
import { elementTable } from './handbook-elements.ts';
import { callCommand, questionAsXml, sampleQuestion } from './handbook-question.ts';
import { type CodesOf, refusalTable } from './handbook-refusals.ts';
import { cell, code, type Markdown, section, tableOf } from './markdown.ts';

/** By which a page that this verb wrote is known. */
export const MARK =
  '<!-- Written by `kruispunt handbook` from the contract and service.yaml; changes are lost. -->';

export const pageName = ({ name, version }: Rules) => `${name}-${version}.md`;

/** One service for those who call it, from its contract and rules alone: always the same for the same of both. */
export function handbookPage({ rules, contract }: Service, codesOf: CodesOf): string {
  const { operations } = contract;
  const said = documentationIn(contract.publish('wsdl', ''));
  const lines = [
    MARK,
    '',
    `# ${rules.name} ${rules.version}`,
    '',
    ...(said.service === '' ? [] : [cell(said.service), '']),
    ...factsTable(rules),
    '',
    ...section('Operations', operationTable(operations, said.operations)),
    ...section('Who answers', answeredBy(rules)),
    ...(rules.codes.length > 0 ? section('Codes that are translated', codeLines(rules.codes)) : []),
    ...section('Controls', controlLines(rules)),
    ...operations.flatMap((operation) => messageSections({ rules, contract }, operation)),
    ...section(
      'Refusals',
      [
        'What each asks for: [refusals.md](../refusals.md). What a source says itself is passed on beside these.',
      ],
      refusalTable(rules, codesOf),
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

export const article = (kind: SubjectKind) => (kind === 'enterprise' ? 'an enterprise' : 'a person');

function factsTable({ name, version, kind, dialect, subject, language }: Rules): Markdown {
  const path = endpointPath(name, version);
  return tableOf(
    ['', ''],
    [
      ['Kind', kind === 'read' ? 'reads' : 'writes'],
      ['Dialect', dialect],
      ['Endpoint', `\`POST ${path}\`, or the common \`POST /soap/WebService\``],
      ['Contract', `\`GET ${path}?wsdl\``],
      [
        'Subject',
        subject
          ? `${article(subject.kind)}, whose number is at \`${subject.path}\``
          : 'not named in the question',
      ],
      [
        'Language',
        language ? `asked for at \`${language.path}\`: ${language.allowed.join(', ')}` : 'cannot be chosen',
      ],
    ],
  );
}

const operationTable = (operations: readonly Operation[], said: ReadonlyMap<string, string>): Markdown =>
  tableOf(
    ['Operation', 'Question', 'Answer', 'SOAP', 'soapAction', 'What'],
    operations.map(({ name, request, response, style, soap, soapActions }) => [
      name,
      `\`{${request.namespace}}${request.name}\``,
      response ? `\`{${response.namespace}}${response.name}\`` : 'none',
      `${soap.join(', ')} (${style}/literal)`,
      soapActions.map((action) => `\`${action}\``).join(' ') || 'any',
      cell(said.get(name) ?? ''),
    ]),
  );

function messageSections(service: Service, operation: Operation): Markdown {
  const { rules, contract } = service;
  const request = contract.model(operation.request);
  const response = operation.response && contract.model(operation.response);
  if (!request) throw new Error(`the contract of ${rules.name} declares no ${operation.request.name}`);
  const filtered = response && filteredModel(rules, response);
  const of = contract.operations.length > 1 ? ` of ${operation.name}` : '';
  const writable =
    rules.kind === 'write' ? ' A grant says with such paths what its party may write (`--writable`).' : '';
  const command = callCommand({ rules, operations: contract.operations }, operation, request);
  return [
    ...section(
      `The question${of}`,
      [`Paths are below ${QUESTION[rules.dialect]}, as in \`service.yaml\`.${writable}`],
      elementTable(dialectOf(rules).questionModel(request)),
    ),
    ...section(
      `The answer${of}`,
      [
        `Paths are below ${answerPlace(rules)}. A grant shows what its paths name (\`--visible\`): \`A/B\` an element and its text, \`A/B/@c\` an attribute, \`A/B/**\` all of it, \`**\` everything.`,
      ],
      filtered ? elementTable(filtered) : ['There is none.'],
    ),
    ...section(
      `A sample question${of}`,
      ["The Body's child, with what the schema demands; the values are made up from it."],
      questionAsXml(sampleQuestion(rules, operation, request)),
    ),
    ...section(
      `Try it${of}`,
      [
        'As a party of the demo world, signed and sent, with the answer printed. Values that are not set here are filled in;',
        'others with `--set path=value`, and `--as PARTY` asks as another party.',
      ],
      code('sh', command),
    ),
  ];
}

const QUESTION: Readonly<Record<Rules['dialect'], string>> = {
  magda: '`Verzoek/Vragen/Vraag/Inhoud`',
  ksz: "the Body's child",
  plain: "the Body's child",
};

function answerPlace({ dialect, filtered }: Rules): string {
  if (filtered === null) return "the Body's child";
  return dialect === 'magda'
    ? `\`Repliek/Antwoorden/Antwoord/${filtered}\``
    : `\`${filtered}\` in the Body's child`;
}

/** What the WSDL says of itself and of the operations of its port types. */
function documentationIn(wsdl: string | null) {
  const root = wsdl === null ? null : readDocument(Buffer.from(wsdl, 'utf8')).root;
  const own = (node: DocumentNode) =>
    childrenOf(node)
      .filter(({ name }) => name === 'documentation')
      .map((each) => textOf(each).replace(/\s+/g, ' ').trim())
      .join(' ');
  const named = (nodes: readonly DocumentNode[], name: string) => nodes.filter((node) => node.name === name);
  const operations = named(root ? childrenOf(root) : [], 'portType').flatMap((portType) =>
    named(childrenOf(portType), 'operation').map((operation) => {
      const name = operation.attributes.find((each) => each.name === 'name')?.value ?? '';
      return [name, own(operation)] as const;
    }),
  );
  return { service: root ? own(root) : '', operations: new Map(operations) };
}
