import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import { answerLimits, checkLimits, messageLimits } from '../../src/xml/limits.ts';
import { parseTree } from '../../src/xml/tree.ts';

const passes = (text: string) => checkLimits(Buffer.from(text), messageLimits);
const refuses = (text: string, reason: RegExp) =>
  assert.throws(
    () => passes(text),
    (error: unknown) => {
      assert.ok(error instanceof Refusal, String(error));
      assert.equal(error.code, '10001');
      assert.match(error.message, reason);
      return true;
    },
  );

const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
const attributes = (count: number) =>
  `<a${Array.from({ length: count }, (_, index) => ` b${index}="="`).join('')}/>`;

test('takes a hundred levels, and not one more', () => {
  passes(nested(100));
  refuses(nested(101), /deeper than 100/);
});

test('counts levels, not elements: what is closed goes up again', () => {
  passes(`<r>${'<a><b/></a>'.repeat(1000)}${nested(99)}</r>`);
  refuses(`<r>${'<a></a>'.repeat(10)}${nested(100)}</r>`, /deeper/);
});

test('takes twenty thousand elements of anybody, and not one more', () => {
  passes(`<r>${'<a/>'.repeat(19_999)}</r>`);
  refuses(`<r>${'<a/>'.repeat(20_000)}</r>`, /more than 20000 elements/);
});

test('takes twenty thousand attributes of anybody, and not one more', () => {
  passes(`<r>${'<a b="" c=""/>'.repeat(10_000)}</r>`);
  refuses(`<r d="">${'<a b="" c=""/>'.repeat(10_000)}</r>`, /more than 20000 attributes/);
});

test('takes a thousand comments, and not one more', () => {
  passes(`<r>${'<!---->'.repeat(1000)}</r>`);
  refuses(`<r>${'<!---->'.repeat(1001)}</r>`, /more than 1000 comments/);
});

test('takes longer lists of a source that was asked', () => {
  checkLimits(Buffer.from(`<r>${'<a b=""/>'.repeat(100_000)}</r>`), answerLimits);
});

test('refuses a namespace name that is relative, on whatever element: the message has no canonical form', () => {
  for (const name of [
    'relative',
    '/a',
    '../a',
    '//host/a',
    ':a',
    '1a:b',
    'urn:a b',
    'urn:é',
    'a',
    '%75rn:a',
    '#a',
    '?',
  ])
    for (const text of [`<r xmlns="${name}"/>`, `<r><a b="c" xmlns:p = '${name}'/></r>`])
      refuses(text, /^namespace name that is relative/);
});

test('refuses a namespace name with a reference in it, of which libraries make different canonical forms', () => {
  for (const name of ['http://b.example/?d&amp;e', 'urn:&#97;', '&e;', '&amp;'])
    refuses(`<r><a xmlns:p="${name}"/></r>`, /^namespace name with a reference in it/);
});

test('takes absolute namespace names, none, and whatever else only looks like a declaration', () => {
  passes(
    `<r xmlns="" xmlns:a="urn:a" xmlns:b='http://b.example/c?d=1;e=%20#f' xmlns:c="http://www.w3.org/2000/09/xmldsig#"/>`,
  );
  passes(
    '<r xmlnsx="a" x:xmlns="b" Xmlns="c" a="xmlns=" b=" xmlns:p=" c="d"><!-- xmlns="a" --><![CDATA[<a xmlns="a">]]></r>',
  );
});

test('tells whether a byte order mark may be in it', () => {
  const marks = (text: string) => checkLimits(Buffer.from(text), messageLimits).marks;
  assert.deepEqual(['<r>é &amp; x</r>', '<r>\ufeff</r>', '<r a="&#xfeff;"/>'].map(marks), [
    false,
    true,
    true,
  ]);
});

test('counts ids in any case and with any prefix, and comments, and nothing that only looks so', () => {
  const text = `<r Id="1" w:id = "2" xml:ID='3'
    iD="4" Idx="5" void="6" grid="7" a="Id='8'"><!-- Id="9" --><![CDATA[<a Id="10"/>]]><b id="11"/>id="12"</r>`;
  assert.deepEqual(
    (({ comments, ids }) => ({ comments, ids }))(checkLimits(Buffer.from(text), messageLimits)),
    { comments: 1, ids: 5 },
  );
});

test('takes five hundred attributes on one element, and not one more', () => {
  passes(attributes(500));
  refuses(attributes(501), /more than 500 attributes/);
});

test('refuses a document type declaration, wherever it stands', () => {
  refuses('<!DOCTYPE a><a/>', /document type/);
  refuses('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /document type/);
  refuses('<a/><!DOCTYPE a>', /document type/);
  refuses('<a><!ELEMENT b ANY></a>', /document type/);
});

test('refuses processing instructions, wherever they stand', () => {
  for (const text of ['<?a b?><a/>', '<a><?b c?></a>', '<a/><?b?>', ' <?xml version="1.0"?><a/>'])
    refuses(text, /processing instruction/);
});

test('takes nothing for markup in comments, CDATA and attribute values', () => {
  passes('<a><!-- <!DOCTYPE a> <?b?> --><![CDATA[<!DOCTYPE a><?b?>]]></a>');
  passes(`<a b="<?c?> <!DOCTYPE a>" c='${'<a>'.repeat(200)}'/>`);
  passes(`<a><!--${'<a>'.repeat(200)}--><![CDATA[${'<a>'.repeat(200)}]]></a>`);
});

test('is not led past the limits by a comment, a CDATA section or a quote that ends early', () => {
  refuses('<a><!----><?b?></a>', /processing instruction/);
  refuses('<a><![CDATA[]]><?b?></a>', /processing instruction/);
  refuses(`<a b='"'><?b?></a>`, /processing instruction/);
});

test('leaves what is not well-formed to the parser, which refuses it', () => {
  for (const text of [
    '',
    '<',
    '<a',
    '<a b="',
    '</a>',
    '<!--',
    '<a><![CDATA[',
    '<a><b></a>',
    'tekst',
    '<a b=c/>',
  ]) {
    passes(text);
    assert.throws(() => parseTree(Buffer.from(text)), Refusal, text);
  }
});
