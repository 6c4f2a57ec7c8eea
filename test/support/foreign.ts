import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs of others, and what they need to know of the wire format; nothing here is the bus's own code. */

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
const WSSE = `${OASIS}-wssecurity-secext-1.0.xsd`;
const WSU = `${OASIS}-wssecurity-utility-1.0.xsd`;
const X509V3 = `${OASIS}-x509-token-profile-1.0#X509v3`;
const QUESTION = 'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02';

/** Debian's own Python: its packages are not those of any other that may come first on the PATH. */
export const PYTHON = '/usr/bin/python3';

/** Runs a program to its end; an Error with all that it wrote when that end is not good. */
export async function foreign(program: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await run(program, [...args], { cwd, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 });
    return stdout;
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause });
  }
}

const ids = ['--id-attr:Id', `${SOAP11}:Body`, '--id-attr:Id', `${WSU}:Timestamp`];

/** xmlsec1 on an answer: the signature is by that certificate, over what it refers to. */
export async function xmlsecVerify(folder: string, answer: string, certificate: string): Promise<void> {
  const file = join(folder, 'answer.xml');
  writeFileSync(file, answer);
  await foreign('xmlsec1', ['--verify', '--pubkey-cert-pem', certificate, ...ids, file]);
}

type Asks = {
  /** `$KRUISPUNT_VAR/demo` */
  readonly demo: string;
  readonly party: string;
  readonly insz: string;
  /** RR when left out. */
  readonly source?: 'RR' | 'KSZ';
};

/** A question that xmlsec1 signed, Body and Timestamp, from a template made here; the name of the file with it. */
export async function xmlsecSign(folder: string, asks: Asks): Promise<string> {
  const [input, output] = [join(folder, 'template.xml'), join(folder, 'signed.xml')];
  writeFileSync(input, template(asks));
  const key = join(asks.demo, `${asks.party}.key.pem`);
  await foreign('xmlsec1', ['--sign', '--privkey-pem', key, ...ids, '--output', output, input]);
  return output;
}

export type Party = { readonly name: string; readonly uri: string; readonly hoedanigheid: string };

/** What parties.json of a demo world says of a party. */
export function partyIn(demo: string, name: string): Party {
  const parties: readonly Party[] = JSON.parse(readFileSync(join(demo, 'parties.json'), 'utf8'));
  const found = parties.find((party) => party.name === name);
  if (!found) throw new Error(`no party ${name} in ${demo}`);
  return found;
}

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const reference = (id: string) =>
  `<ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${EXCLUSIVE}"/></ds:Transforms>` +
  '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>';

function template({ demo, party, insz, source = 'RR' }: Asks): string {
  const der = readFileSync(join(demo, `${party}.crt.pem`), 'utf8').replace(/-----[A-Z ]+-----|\s/g, '');
  const moment = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  return `<s:Envelope xmlns:s="${SOAP11}">
  <s:Header>
    <wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}" s:mustUnderstand="1">
      <wsu:Timestamp wsu:Id="TS">
        <wsu:Created>${moment(0)}</wsu:Created><wsu:Expires>${moment(60)}</wsu:Expires>
      </wsu:Timestamp>
      <wsse:BinarySecurityToken wsu:Id="X" ValueType="${X509V3}">${der}</wsse:BinarySecurityToken>
      <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:SignedInfo>
          <ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/>
          <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
          ${reference('B')}${reference('TS')}
        </ds:SignedInfo>
        <ds:SignatureValue/>
        <ds:KeyInfo><wsse:SecurityTokenReference>
          <wsse:Reference URI="#X" ValueType="${X509V3}"/>
        </wsse:SecurityTokenReference></ds:KeyInfo>
      </ds:Signature>
    </wsse:Security>
  </s:Header>
  <s:Body xmlns:wsu="${WSU}" wsu:Id="B">${question(partyIn(demo, party), insz, source)}</s:Body>
</s:Envelope>`;
}

/** A question as a client's own code writes it. */
const question = (
  { uri, hoedanigheid }: Party,
  insz: string,
  source: string,
) => `<q:GeefPersoon xmlns:q="${QUESTION}"><Verzoek>
  <Context><Naam>GeefPersoon</Naam><Versie>02.02.0000</Versie><Bericht><Type>VRAAG</Type>
    <Tijdstip><Datum>2026-11-21</Datum><Tijd>10:15:00.000</Tijd></Tijdstip>
    <Afzender><Identificatie>${uri}</Identificatie><Referte>3e0b9d2c-7f41-4d55-9c1a-6a2f8e7b5d10</Referte>
      <Hoedanigheid>${hoedanigheid}</Hoedanigheid></Afzender>
  </Bericht></Context>
  <Vragen><Vraag><Referte>3e0b9d2c-7f41-4d55-9c1a-6a2f8e7b5d10</Referte>
    <Inhoud><Criteria><INSZ>${insz}</INSZ></Criteria><Bron>${source}</Bron><Taal>nl</Taal></Inhoud></Vraag></Vragen>
</Verzoek></q:GeefPersoon>`;
