import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTree } from '../../src/xml/tree.ts';
import { geefPersoon, said, violationsOf } from './fixture.ts';

const contract = geefPersoon();
const NAMESPACE = 'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02';
const question = `<ns:GeefPersoon xmlns:ns="${NAMESPACE}">
<Verzoek><Context><Naam>GeefPersoon</Naam><Versie>02.02.0000</Versie>
<Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-11-21</Datum><Tijd>10:15:00.000</Tijd></Tijdstip>
<Afzender><Identificatie>gemeente.be/verwerker</Identificatie><Referte>r-1</Referte></Afzender></Bericht></Context>
<Vragen><Vraag><Referte>r-1</Referte>
<Inhoud><Criteria><INSZ>67621500197</INSZ></Criteria><Bron>RR</Bron><Taal>nl</Taal></Inhoud></Vraag></Vragen></Verzoek>
</ns:GeefPersoon>`;

test('finds nothing in a valid question, in either form of its namespace', () => {
  assert.deepEqual(violationsOf(contract, question), []);
  const unprefixed = question
    .replaceAll('ns:GeefPersoon', 'GeefPersoon')
    .replace('xmlns:ns', 'xmlns')
    .replace('<Verzoek>', '<Verzoek xmlns="">');
  assert.deepEqual(violationsOf(contract, unprefixed), []);
});

test('finds the mistakes after the first one in the same parent', () => {
  const bad = question
    .replace('<Versie>02.02.0000</Versie>', '<Zomaar/><Versie>02.02.0000</Versie><Nogwat/>')
    .replace('VRAAG', 'RAAD')
    .replace('67621500197', '12');
  assert.deepEqual(said(contract, bad), [
    'GeefPersoon/Verzoek/Context/Zomaar: not allowed here; expected: Versie',
    'GeefPersoon/Verzoek/Context/Nogwat: not allowed here; expected: Bericht',
    'GeefPersoon/Verzoek/Context/Bericht/Type: must be one of: VRAAG, ANTWOORD, VOORLOPIG_ANTWOORD, DATAGRAM, BEVESTIGING, UITZONDERING, PUBLICATIE',
    'GeefPersoon/Verzoek/Vragen/Vraag/Inhoud/Criteria/INSZ: does not match pattern [0-9]{11}',
  ]);
});

test('says what was left out once, not for all that follows, and still looks at what follows', () => {
  const bad = question.replace('<Naam>GeefPersoon</Naam>', '').replace('67621500197', '12');
  assert.deepEqual(said(contract, bad), [
    'GeefPersoon/Verzoek/Context/Versie: not allowed here; expected: Naam',
    'GeefPersoon/Verzoek/Vragen/Vraag/Inhoud/Criteria/INSZ: does not match pattern [0-9]{11}',
  ]);
});

test('says that a name is right and its namespace wrong', () => {
  const bad = question.replace(/Criteria>/g, 'ns:Criteria>');
  assert.deepEqual(said(contract, bad), [
    'GeefPersoon/Verzoek/Vragen/Vraag/Inhoud/Criteria: not allowed here; expected: Criteria in no namespace',
  ]);
});

test('gives the line in the message and positions among siblings of one name', () => {
  const bad = question.replace('<Vragen>', '<Onbekend/>\n<Onbekend/><Vragen>');
  assert.deepEqual(
    violationsOf(contract, bad).map(({ path, line }) => [path, line]),
    [
      ['GeefPersoon/Verzoek/Onbekend[1]', 5],
      ['GeefPersoon/Verzoek/Onbekend[2]', 6],
    ],
  );
});

test('never repeats a value of the message, not even one that reads like a message of the parser', () => {
  const values = [
    'geheim',
    "x' is not an element of the set {'geheim'}.",
    "geheim' is not accepted by the pattern 'geheim'.",
    "geheim' is not a valid value of the atomic type 'geheim'.",
    "y'; this exceeds the allowed maximum length of 'geheim'.",
  ];
  for (const value of values) {
    for (const place of ['VRAAG', '67621500197', '2026-11-21', '>RR<', '>nl<', '02.02.0000', '>r-1<']) {
      const put = place.startsWith('>') ? `>${value}<` : value;
      for (const { message, path } of violationsOf(contract, question.replaceAll(place, put))) {
        assert.ok(!`${path} ${message}`.includes('geheim'), `${message} after ${value} for ${place}`);
      }
    }
  }
});

test('leaves the message exactly as it was', () => {
  const bad = question
    .replace('<Naam>GeefPersoon</Naam>', '<Extra/>')
    .replace('<Referte>r-1</Referte>\n', '<Zot/>');
  const tree = parseTree(Buffer.from(bad));
  const before = Buffer.from(tree.root.canonical());
  const children = tree.root.children[0]?.children ?? [];
  assert.ok(contract.violations(tree.root).length > 2);
  assert.deepEqual(Buffer.from(tree.root.canonical()), before);
  assert.deepEqual(tree.root.children[0]?.children, children);
  tree.dispose();
});

test('refuses what the contract does not declare at all', () => {
  assert.deepEqual(said(contract, '<GeefPersoon/>'), ['GeefPersoon: is not declared by the contract']);
});

for (const junk of ['<x/>', '<Vraag/>', '<Naam>\u00e9</Naam>', '<x y="1"/>']) {
  test(`bounds what 1 MB of ${junk} costs and says`, () => {
    const hostile = question.replace(
      '<Vragen>',
      `<Vragen>${junk.repeat(Math.min(45_000, 1e6 / junk.length))}`,
    );
    const tree = parseTree(Buffer.from(hostile));
    const before = process.cpuUsage();
    const found = contract.violations(tree.root);
    const { user, system } = process.cpuUsage(before);
    tree.dispose();
    assert.ok(found.length > 0 && found.length <= 50, `${found.length} violations`);
    assert.ok(user + system < 150_000, `${user + system} µs`);
  });
}
