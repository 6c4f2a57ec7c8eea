import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Element } from '../../src/exchange/element.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { toUtf8 } from '../../src/xml/encoding.ts';
import { complaints, engine } from '../../src/xml/engine.ts';
import { mandatoryBlocks, readEnvelope, readPayload } from '../../src/xml/envelope.ts';
import { ownDetail, writeFault } from '../../src/xml/fault.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { write } from '../../src/xml/write.ts';
import { SOAP11, SOAP12 } from '../support/message.ts';

/** What is made of a document's root; the tree is gone afterwards. */
function of<T>(text: string, read: (root: ReturnType<typeof parseTree>['root']) => T): T {
  const tree = parseTree(Buffer.from(text));
  try {
    return read(tree.root);
  } finally {
    tree.dispose();
  }
}

const refusal = (work: () => unknown): Refusal => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error;
  }
  return assert.fail('it was not refused');
};

test('reads names, namespaces, lines, attributes and text as they stand', () => {
  of('<p:a xmlns:p="urn:p" p:b="1" b="2">\n<c>x<!-- y --><![CDATA[<z>]]>&amp;</c></p:a>', (root) => {
    assert.deepEqual([root.name, root.namespace, root.line], ['a', 'urn:p', 1]);
    assert.deepEqual(
      [root.attribute('b'), root.attribute('b', 'urn:p'), root.attribute('c')],
      ['2', '1', null],
    );
    assert.deepEqual([root.child('c')?.line, root.child('c')?.text], [2, 'x<z>&']);
    assert.equal(root.child('c', 'urn:p'), null);
    assert.ok(root.child('c')?.parent?.is(root));
    assert.equal(root.parent, null);
  });
});

test('reads texts of every length as libxml2 does', () => {
  const long = (length: number) =>
    'é€𝄞x'
      .repeat(length)
      .slice(0, length)
      .replace(/[\ud800-\udbff]$/, '');
  const lengths = [0, 1, 15, 16, 17, 40, 63, 64, 65, 66, 300, 5000];
  const all = lengths.flatMap((length) => [long(length), 'x'.repeat(length), `\ufeff${'x'.repeat(length)}`]);
  for (const text of all) {
    const markup = `<a b="${text}">${text}<c>${text}</c><![CDATA[${text}]]></a>`;
    of(markup, (root) => {
      assert.equal(root.attribute('b'), text);
      assert.equal(root.child('c')?.text, text);
      assert.equal(root.text, text.repeat(3));
    });
    of(`<a><![CDATA[${text}]]></a>`, (root) => assert.equal(root.text, text));
  }
  of('<a b="&#10;&lt;"><!-- c -->x<!-- d --></a>', (root) => {
    assert.deepEqual([root.attribute('b'), root.text], ['\n<', 'x']);
  });
});

test('goes on reading when the memory of libxml2 has grown', () => {
  of('<a b="c">d<e/></a>', (root) => {
    assert.equal(root.text, 'd');
    const before = engine.XmlNodeSetStruct.nodeTable(0, 0).buffer;
    of(`<a>${`<b>${'x'.repeat(4_000_000)}</b>`.repeat(12)}</a>`, (large) =>
      assert.equal(large.children.length, 12),
    );
    assert.notEqual(engine.XmlNodeSetStruct.nodeTable(0, 0).buffer, before, 'it has not grown');
    assert.deepEqual([root.text, root.attribute('b'), root.children.length], ['d', 'c', 1]);
  });
});

test('says in which line a document is not well-formed', () => {
  const { code, message, text } = refusal(() => parseTree(Buffer.from('<a>\n<b>\n</a>')));
  assert.equal(code, '10001');
  assert.match(message, /^not well-formed, line 3: /);
  assert.match(text, /line 3/);
});

test('refuses what is not a document', () => {
  for (const text of ['', ' ', 'x', '<a/><b/>', '<a>&b;</a>', '<a b="1" b="2"/>', '<p:a/>', '<a>\u0001</a>'])
    assert.equal(refusal(() => parseTree(Buffer.from(text))).code, '10001', JSON.stringify(text));
});

test('reads many documents with one parser, of which none sees another', () => {
  const trees = Array.from({ length: 250 }, (_, index) =>
    parseTree(Buffer.from(`<a xmlns="urn:${index}"><n${index}>${index}</n${index}></a>`)),
  );
  assert.throws(() => parseTree(Buffer.from('<a><b></a>')), /not well-formed/);
  const { root } = parseTree(Buffer.from('<after/>'));
  assert.equal(root.namespace, '');
  for (const [index, tree] of trees.entries()) {
    assert.deepEqual(
      tree.root.children.map(({ name, namespace, text }) => [name, namespace, text]),
      [[`n${index}`, `urn:${index}`, String(index)]],
    );
    tree.dispose();
  }
});

test('knows names anew where a parser has gone with those that it knew', () => {
  const names = ({ children, attributes }: Element): readonly string[] => [
    ...attributes.map(({ name }) => name),
    ...children.flatMap((child) => [child.name, ...names(child)]),
  ];
  for (let index = 0; index < 1000; index++) {
    // Of another length each time, so that they come to stand where others stood.
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(1 + ((index * 7) % 31)) + index);
    of(`<r><${a} ${b}="1"><${c}/></${a}><${c}/></r>`, (root) => {
      assert.deepEqual(names(root), [a, b, c, c]);
      assert.equal(root.child(a ?? '')?.attribute(b ?? ''), '1');
      root.child(a ?? '')?.remove();
      assert.deepEqual(names(root), [c]);
    });
    if (index % 50 === 0) assert.throws(() => parseTree(Buffer.from(`<${a}>`)), /not well-formed/);
  }
});

test('reads nothing from outside the message', () => {
  const text = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>';
  try {
    of(text, (root) => assert.equal(root.text, ''));
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
  }
});

test('cannot be read after it was disposed of', () => {
  const tree = parseTree(Buffer.from('<a b="1"><c/></a>'));
  const { root } = tree;
  const [child] = root.children;
  tree.dispose();
  tree.dispose();
  const ended = /after its journey had ended/;
  assert.throws(() => root.text, ended);
  assert.throws(() => root.children, ended);
  assert.throws(() => root.attribute('b'), ended);
  assert.throws(() => root.canonical(), ended);
  assert.throws(() => child?.name, ended);
  assert.throws(() => child?.remove(), ended);
});

test('forgets what was taken out of it', () => {
  of('<a c="1"><b/><b/></a>', (root) => {
    root.children[0]?.remove();
    root.removeAttribute('c');
    assert.equal(Buffer.from(root.canonical()).toString(), '<a><b></b></a>');
  });
});

test('listens to at most fifty complaints on one document', () => {
  const said = complaints((handler) => {
    const context = engine.xmlNewParserCtxt();
    engine.xmlCtxtSetErrorHandler(context, handler, 0);
    // Each unknown entity is an error, and none of them ends the parsing in recovery mode.
    const bytes = Buffer.from(`<a>${'&b;'.repeat(200)}</a>`);
    const document = engine.xmlReadMemory(context, bytes, null, 'utf-8', 1);
    engine.xmlFreeParserCtxt(context);
    if (document !== 0) engine.xmlFreeDoc(document);
  });
  assert.equal(said.length, 50);
});

test('takes off byte order mark and XML declaration, and nothing else', () => {
  const bytes = (text: string) => toUtf8(Buffer.from(text), null).toString('utf8');
  assert.equal(bytes('\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<a>é</a>'), '<a>é</a>');
  assert.equal(bytes("<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>"), '<a/>');
  assert.equal(bytes('<a/>'), '<a/>');
  assert.equal(
    toUtf8(
      Buffer.from('\ufeff<?xml version="1.0" encoding="utf-16"?><a>é</a>', 'utf16le'),
      'utf-16',
    ).toString(),
    '<a>é</a>',
  );
});

test('refuses half a character in UTF-16', () => {
  const odd = Buffer.concat([Buffer.from('\ufeff<a/>', 'utf16le'), Buffer.from([0x20])]);
  assert.equal(refusal(() => toUtf8(odd, null)).code, '10001');
});

const H = '<s:Header/>';
const B = '<s:Body><a/></s:Body>';
const inEnvelope = (content: string, soap = SOAP11) =>
  `<s:Envelope xmlns:s="${soap}">${content}</s:Envelope>`;

test('finds the parts of an envelope by position only', () => {
  for (const [soap, version] of [
    [SOAP11, '1.1'],
    [SOAP12, '1.2'],
  ] as const) {
    for (const content of [B, H + B, `\n${H}\n<!-- x -->${B}\n`]) {
      of(inEnvelope(content, soap), (root) => {
        const envelope = readEnvelope(root);
        assert.deepEqual([envelope.soap, readPayload(envelope).name], [version, 'a']);
        assert.equal(envelope.header !== null, content.includes(H));
      });
    }
  }
});

test('refuses parts that are missing, twice, elsewhere or in another namespace', () => {
  const wrong = [
    '',
    H,
    B + H,
    H + H + B,
    B + B,
    `${B}<x/>`,
    `<x/>${B}`,
    `${H}<x/>${B}`,
    '<Body><a/></Body>',
    `<Header/>${B}`,
    '<s:body><a/></s:body>',
  ];
  for (const content of wrong)
    assert.equal(of(inEnvelope(content), (root) => refusal(() => readEnvelope(root))).code, '10001', content);
  const mixed = inEnvelope(`<t:Body xmlns:t="${SOAP12}"><a/></t:Body>`);
  assert.equal(of(mixed, (root) => refusal(() => readEnvelope(root))).code, '10001');
});

test('refuses another root, and an envelope of no known version', () => {
  for (const text of ['<Envelope/>', `<Body xmlns="${SOAP11}"/>`, inEnvelope(B, 'urn:soap')])
    assert.equal(of(text, (root) => refusal(() => readEnvelope(root))).code, 'VersionMismatch', text);
});

test('demands exactly one element in the Body', () => {
  for (const content of ['<s:Body/>', '<s:Body>tekst</s:Body>', '<s:Body><a/><b/></s:Body>'])
    assert.equal(
      of(inEnvelope(content), (root) => refusal(() => readPayload(readEnvelope(root)))).code,
      '10001',
    );
});

test('takes for mandatory what the namespace of the envelope says is', () => {
  const header = `<s:Header><a s:mustUnderstand="1"/><b s:mustUnderstand="0"/><c mustUnderstand="1"/><d t:mustUnderstand="1" xmlns:t="${SOAP12}"/></s:Header>`;
  of(inEnvelope(header + B), (root) => {
    assert.deepEqual(
      mandatoryBlocks(readEnvelope(root)).map(({ name }) => name),
      ['a'],
    );
  });
});

test('writes a fault as SOAP 1.1 has it', () => {
  const refused = new Refusal('10001', 'geheim', 'Regel 3 <deugt> niet.');
  of(write(writeFault('1.1', refused, ownDetail(refused, 'id-1'))), (fault) => {
    assert.deepEqual([fault.name, fault.namespace], ['Fault', SOAP11]);
    assert.deepEqual(
      fault.children.map(({ name, namespace }) => [name, namespace]),
      [
        ['faultcode', ''],
        ['faultstring', ''],
        ['detail', ''],
      ],
    );
    assert.match(fault.child('faultcode')?.text ?? '', /^soap:Client$/);
    assert.equal(fault.child('faultstring')?.text, '10001 - Fout formaat in de vraag.');
    assert.equal(fault.child('detail')?.child('message')?.text, 'Regel 3 <deugt> niet.');
    assert.equal(fault.child('detail')?.child('uitwisseling')?.text, 'id-1');
    assert.doesNotMatch(fault.text, /geheim/);
  });
});

test('writes a fault as SOAP 1.2 has it', () => {
  const codes = [
    ['10001', 'soap:Sender'],
    ['internal', 'soap:Receiver'],
    ['MustUnderstand', 'soap:MustUnderstand'],
    ['VersionMismatch', 'soap:VersionMismatch'],
  ] as const;
  for (const [code, value] of codes) {
    of(write(writeFault('1.2', new Refusal(code, ''), ownDetail(new Refusal(code, ''), 'id-1'))), (fault) => {
      assert.equal(fault.namespace, SOAP12);
      assert.deepEqual(
        fault.children.map(({ name }) => name),
        ['Code', 'Reason', 'Detail'],
      );
      assert.equal(fault.child('Code', SOAP12)?.child('Value', SOAP12)?.text, value);
      const reason = fault.child('Reason', SOAP12)?.child('Text', SOAP12);
      assert.equal(reason?.attribute('lang', 'http://www.w3.org/XML/1998/namespace'), 'nl');
      assert.match(reason?.text ?? '', /^\d{5} - /);
    });
  }
});

test('puts text in the place of what was there, as text and never as markup', () => {
  const text = (element: { canonical: () => Uint8Array }) => Buffer.from(element.canonical()).toString();
  of('<a><b x="1">old<!-- c -->&amp; <![CDATA[more]]></b><c/></a>', (root) => {
    root.child('b')?.replaceText('a & <b>&lt;</b> \u00eb');
    root.child('c')?.replaceText('new');
    assert.equal(root.child('b')?.text, 'a & <b>&lt;</b> \u00eb');
    assert.equal(text(root), '<a><b x="1">a &amp; &lt;b&gt;&amp;lt;&lt;/b&gt; \u00eb</b><c>new</c></a>');
    root.child('b')?.replaceText('');
    assert.equal(root.child('b')?.text, '');
    assert.throws(() => root.replaceText('x'), /holds elements/);
  });
});

test('frees what text replaced, however often', () => {
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 20; round++) {
    of('<a><b>x</b></a>', (root) => {
      for (let times = 0; times < 500; times++) root.child('b')?.replaceText('x'.repeat(20_000));
      assert.equal(root.text.length, 20_000);
    });
  }
  // Two hundred million characters went by.
  assert.ok(process.memoryUsage().rss - before < 60_000_000);
});
