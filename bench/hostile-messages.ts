/** Messages that are only ever sent to exhaust or confuse, made out of a good signed question. */
export type Hostile = { readonly name: string; readonly bytes: Buffer };

export function hostileMessages(question: string): readonly Hostile[] {
  const inBody = (content: string) => question.replace('<Taal>nl</Taal>', `<Taal>nl</Taal>${content}`);
  // The Header's other blocks are nobody's business, so that only the altered Body is refused, and late.
  const altered = question.replace('<Taal>nl</Taal>', '<Taal>nl </Taal>');
  const inHeader = (content: string) => altered.replace('<wsa:To', `${content}<wsa:To`);
  const reference = /<ds:Reference.*?<\/ds:Reference>/s.exec(question)?.[0] ?? '';
  const transform = /<ds:Transform .*?<\/ds:Transform>/s.exec(question)?.[0] ?? '';
  const texts: Readonly<Record<string, string>> = {
    'document type declaration': `<!DOCTYPE Envelope>${question}`,
    'billion laughs': `${billionLaughs()}${inBody('&l9;')}`,
    'processing instruction': inBody('<?hide me?>'),
    'elements nested 20,000 deep': inBody(`${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`),
    '20,000 attributes': inBody(`<a${count(20_000, (i) => ` a${i}="1"`)}/>`),
    '500 namespaces on each of 100 elements': inBody(
      count(100, (n) => `<a${count(500, (i) => ` xmlns:p${i}="urn:u${n}"`)}/>`),
    ),
    '50,001 children': inBody('<a/>'.repeat(50_001)),
    '49,000 children, below the limit': inBody('<a/>'.repeat(49_000)),
    '49,000 questions, below the limit': question.replace(
      '</Vragen>',
      `${'<Vraag/>'.repeat(49_000)}</Vragen>`,
    ),
    '20,000 attributes on 40 elements': inBody(count(40, () => `<a${count(499, (i) => ` a${i}="1"`)}/>`)),
    '40,000 ids in the Header': inHeader('<a id="1"/>'.repeat(40_000)),
    '124,750 attributes in the Header': inHeader(`<a${count(499, (i) => ` b${i}=""`)}/>`.repeat(250)),
    'signature with 100 references': question.replace(reference, reference.repeat(100)),
    '5,000 transforms': question.replace(transform, transform.repeat(5_000)),
    'text of 1 MB': inBody('a'.repeat(1_040_000)),
    '1 MB of comments': inBody('<!---->'.repeat(140_000)),
    'more than the bus reads': inBody('a'.repeat(1_200_000)),
    'declared in another encoding': `<?xml version="1.0" encoding="ISO-8859-1"?>${question}`,
    'broken off halfway': question.slice(0, question.length / 2),
    'wrong digest': altered,
  };
  const messages = Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  const invalid = Buffer.from(inBody('\u0001'));
  invalid[invalid.indexOf(1)] = 0xff;
  return [...messages, { name: 'bytes that are not UTF-8', bytes: invalid }];
}

const count = (times: number, each: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => each(index)).join('');

function billionLaughs(): string {
  const entities = count(9, (i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
  return `<!DOCTYPE lol [<!ENTITY l0 "lol">${entities}]>`;
}
