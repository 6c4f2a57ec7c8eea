import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSelfContained, replacePayload } from '../../src/xml/payload-bytes.ts';
import { parseTree } from '../../src/xml/tree.ts';

const put = (envelope: string, content: string) =>
  replacePayload(Buffer.from(envelope), Buffer.from(content)).toString('utf8');
const contained = (content: string | Buffer) => isSelfContained(Buffer.from(content));

test("puts content in the place of the Body's child, and leaves every other byte as it is", () => {
  for (const [before, after] of [
    ['<E><B>', '</B></E>'],
    ['<E a="<B>"><H><x/><y>/</y></H>\n<B i=\'>\' >\n', ' </B >\n</E>'],
    ['<!-- <B> --><E><H/><!-- </E> --><B><!-- <old/> -->', '<!-- > --></B></E><!-- <x> -->'],
    ['<E><H><![CDATA[<E><B>]]></H><B>', '<![CDATA[</B>]]></B></E>'],
  ] as const)
    for (const old of ['<old/>', '<old />', '<old a="/>">é<in><in/></in></old>', "<o:d a='>'>x</o:d\n>"])
      assert.equal(put(before + old + after, '<new>é</new>'), `${before}<new>é</new>${after}`);
});

test('will not put content where there is no envelope with a payload', () => {
  for (const text of ['', '<E/>', '<E><B/></E>', '<E><B><x></B></E>', '<E><B><x/></B>', '<E><B><x'])
    assert.throws(() => put(text, '<new/>'), /without a payload/);
});

test('knows content that keeps to itself from content that would change what stands around it', () => {
  for (const good of [
    '',
    ' ',
    'é',
    '<a/>',
    '<a b="</x>"/>',
    '<a><b/></a><c></c>',
    '<!-- </a> --><a/>',
    '<![CDATA[</a>]]>',
  ])
    assert.equal(contained(good), true, good);
  for (const bad of [
    '<',
    '<a',
    '<a>',
    '</a>',
    '</a><a>',
    '<a/></b><b>',
    '<a b="/>',
    '<!-- ',
    '<!---',
    '<![CDATA[',
    '<!DOCTYPE a>',
    '<?x?>',
    '<a></a></b>',
  ])
    assert.equal(contained(bad), false, bad);
});

/** Pieces that tags, comments and sections are made of. */
const piece = fc.constantFrom(
  ...[
    '<a>',
    '</a>',
    '<a/>',
    '<b x="',
    '"/>',
    "'",
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<',
    '>',
    '/',
    'x',
    ' ',
    '=',
    '&amp;',
  ],
);

test('content that keeps to itself never reaches beyond its place, whatever it is', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const content = pieces.join('');
      if (!contained(content)) return;
      // The parser is the second opinion: where the whole is XML, what stands around is where it was.
      const whole = put('<E><H/><B><i><old/></i></B></E>', `<i>${content}</i>`);
      let tree: ReturnType<typeof parseTree>;
      try {
        tree = parseTree(Buffer.from(whole));
      } catch {
        return;
      }
      taken++;
      const [header, body, ...more] = tree.root.children;
      assert.deepEqual([header?.name, body?.name, more.length], ['H', 'B', 0], whole);
      assert.deepEqual(
        body?.children.map(({ name }) => name),
        ['i'],
        whole,
      );
      tree.dispose();
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 100, String(taken));
});
