import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity';
const SIGNED = [
  'http://schemas.xmlsoap.org/soap/envelope/:Body',
  'http://www.w3.org/2003/05/soap-envelope:Body',
  `${OASIS}-utility-1.0.xsd:Timestamp`,
  `${OASIS}-secext-1.0.xsd:BinarySecurityToken`,
];
/** xmlsec1 reads no further when a part has an id of another, signed or not: where the Body alone is signed, that is looked at. */
const BODIES = SIGNED.filter((name) => name.endsWith(':Body'));
/** The signature that the bus looks at, by its place. */
const SIGNATURE =
  "/*/*[local-name()='Header']/*[local-name()='Signature']|/*/*[local-name()='Header']/*[local-name()='Security']/*[local-name()='Signature']";

export type Accepted = { readonly number: number; readonly bytes: Uint8Array; readonly certificate: string };

/**
 * The program xmlsec1 on messages that the bus accepted: which of them it refuses. It takes many of one signer in one go,
 * and ends at the first that is not good; only then each is shown to it alone.
 */
export async function refusedByXmlsec(
  accepted: readonly Accepted[],
  folder: string,
): Promise<readonly number[]> {
  const bySigner = Map.groupBy(accepted, ({ certificate }) => certificate);
  const refused: number[] = [];
  for (const [certificate, messages] of bySigner) {
    const pem = join(folder, 'signer.pem');
    writeFileSync(pem, certificate);
    const files = messages.map(({ bytes }, index) => {
      const file = join(folder, `${index}.xml`);
      writeFileSync(file, bytes);
      return file;
    });
    if (await verifies(pem, files)) continue;
    for (const [index, file] of files.entries())
      if (!((await verifies(pem, [file])) || (await verifies(pem, [file], BODIES))))
        refused.push(messages[index]?.number ?? 0);
  }
  return refused;
}

async function verifies(pem: string, files: readonly string[], parts = SIGNED): Promise<boolean> {
  const ids = parts.flatMap((name) => ['--id-attr:Id', name]);
  try {
    await run('xmlsec1', ['--verify', '--pubkey-cert-pem', pem, ...ids, '--node-xpath', SIGNATURE, ...files]);
    return true;
  } catch {
    return false;
  }
}
