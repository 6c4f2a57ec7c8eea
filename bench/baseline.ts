/**
 * What the bus is compared with: the same journey as a Node developer builds it from the usual packages. `soap`'s
 * parser reads the question, `@xmldom/xmldom` the documents, `xml-crypto` checks and signs, and `libxml2-wasm` holds
 * question, source's answer and reply against the schema. In its favour: tables are maps in memory, the question to the
 * source is a template that nothing signs, and there is no log. A process of its own.
 */
import { createPrivateKey, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import { createClientAsync } from 'soap';
import { Pool } from 'undici';
import { z } from 'zod';
import { openDatabase } from './baseline-audit.ts';
import { schemaCheck } from './baseline-schema.ts';
import { childOf, elementsOf, sealer, verifier } from './baseline-signature.ts';
import { serveParent } from './child.ts';
import { shown } from './persons.ts';

const settings = z.object({
  wsdl: z.string(),
  xsd: z.string(),
  database: z.string(),
  sourceUrl: z.string(),
  privateKey: z.string(),
  certificate: z.string(),
  authority: z.string(),
  uri: z.string(),
  subjects: z.array(z.string()),
});

const questionShape = z.object({
  Body: z.object({
    GeefPersoon: z.object({
      Verzoek: z.object({
        Context: z.object({
          Bericht: z.object({ Afzender: z.object({ Identificatie: z.string(), Referte: z.string() }) }),
        }),
        Vragen: z.object({
          Vraag: z.object({
            Referte: z.string(),
            Inhoud: z.object({ Criteria: z.object({ INSZ: z.string() }), Bron: z.string() }),
          }),
        }),
      }),
    }),
  }),
});

const NAMESPACE = 'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';

async function serve(settled: z.infer<typeof settings>): Promise<number> {
  const { wsdl } = await createClientAsync(settled.wsdl);
  const verify = verifier(settled.authority);
  const checkSchema = schemaCheck(settled.xsd);
  const seal = sealer(createPrivateKey(settled.privateKey), settled.certificate);
  const { isFirst, record } = openDatabase(settled.database);
  const source = new Pool(settled.sourceUrl, { connections: 64 });
  const registrations = new Set(settled.subjects);
  const parser = new DOMParser();
  const serializer = new XMLSerializer();

  async function answer(request: IncomingMessage): Promise<string> {
    const began = performance.now();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const xml = Buffer.concat(chunks).toString('utf8');
    checkSchema(xml);
    const signer = verify(xml, parser.parseFromString(xml, 'text/xml'));
    if (!isFirst(signer)) throw new Error('the message came before');
    const { Verzoek } = questionShape.parse(wsdl.xmlToObject(xml)).Body.GeefPersoon;
    const sender = Verzoek.Context.Bericht.Afzender;
    const question = Verzoek.Vragen.Vraag;
    if (sender.Identificatie !== settled.uri) throw new Error('not authorised');
    const { INSZ } = question.Inhoud.Criteria;
    if (!registrations.has(INSZ)) throw new Error('not registered');

    const id = randomUUID();
    const { body } = await source.request({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: `<soap:Envelope xmlns:soap="${SOAP}"><soap:Body>${questionTo(id, INSZ)}</soap:Body></soap:Envelope>`,
    });
    const said = await body.text();
    checkSchema(said);
    const { content, filtered } = read(said, id, INSZ);
    const sent = seal(replyWith(id, sender.Referte, question.Referte, content));
    checkSchema(sent);
    record({ id, reference: sender.Referte, insz: INSZ, signer, began, filtered, received: xml, sent });
    return sent;
  }

  /** Believes the source's answer if it is about what was asked, and takes out what the grant does not show. */
  function read(xml: string, id: string, insz: string) {
    const envelope = parser.parseFromString(xml, 'text/xml').documentElement;
    const reply = envelope && childOf(childOf(childOf(envelope, 'Body'), 'GeefPersoonResponse'), 'Repliek');
    if (!reply) throw new Error('the source sent nothing');
    const bericht = childOf(childOf(reply, 'Context'), 'Bericht');
    const answered = childOf(childOf(reply, 'Antwoorden'), 'Antwoord');
    const references = [childOf(childOf(bericht, 'Ontvanger'), 'Referte'), childOf(answered, 'Referte')];
    if (references.some(({ textContent }) => textContent !== id)) throw new Error('another question');
    const content = childOf(answered, 'Inhoud');
    const person = childOf(content, 'Persoon');
    if (childOf(person, 'INSZ').textContent !== insz) throw new Error('another person');
    const hidden = elementsOf(person).filter(
      ({ localName }) => localName !== 'INSZ' && !shown.includes(localName ?? ''),
    );
    for (const each of hidden) person.removeChild(each);
    return {
      content: serializer.serializeToString(content),
      filtered: hidden.map(({ nodeName }) => nodeName),
    };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (xml) => {
        response.setHeader('content-type', 'text/xml; charset=utf-8');
        response.end(xml);
      },
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  server.keepAliveTimeout = 65_000;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

function context(type: string, parties: string): string {
  const [date = '', time = ''] = new Date().toISOString().replace('Z', '').split('T');
  return (
    `<Context><Naam>GeefPersoon</Naam><Versie>02.02.0000</Versie><Bericht><Type>${type}</Type>` +
    `<Tijdstip><Datum>${date}</Datum><Tijd>${time}</Tijd></Tijdstip>${parties}</Bericht></Context>`
  );
}

const party = (name: string, who: string, reference: string) =>
  `<${name}><Identificatie>${who}</Identificatie><Referte>${reference}</Referte></${name}>`;

const questionTo = (id: string, insz: string) =>
  `<ns:GeefPersoon xmlns:ns="${NAMESPACE}"><Verzoek>${context('VRAAG', party('Afzender', 'bench', id))}` +
  `<Vragen><Vraag><Referte>${id}</Referte><Inhoud><Criteria><INSZ>${insz}</INSZ></Criteria><Bron>RR</Bron>` +
  '<Taal>nl</Taal></Inhoud></Vraag></Vragen></Verzoek></ns:GeefPersoon>';

const replyWith = (id: string, to: string, reference: string, content: string) =>
  `<ns:GeefPersoonResponse xmlns:ns="${NAMESPACE}"><Repliek>` +
  context('ANTWOORD', party('Afzender', 'bench', id) + party('Ontvanger', 'asker', to)) +
  `<Antwoorden><Antwoord><Referte>${reference}</Referte>${content}</Antwoord></Antwoorden>` +
  '</Repliek></ns:GeefPersoonResponse>';

serveParent(async (message) => {
  const port = await serve(settings.parse(message));
  return { url: `http://127.0.0.1:${port}` };
});
