import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import { checkLimits } from '../../src/xml/limits.ts';
import { parseTree } from '../../src/xml/tree.ts';

const passes = (text: string) => checkLimits(Buffer.from(text));
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

test('takes fifty thousand elements, and not one more', () => {
  passes(`<r>${'<a/>'.repeat(49_999)}</r>`);
  refuses(`<r>${'<a/>'.repeat(50_000)}</r>`, /more than 50000 elements/);
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
