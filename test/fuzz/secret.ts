import type { TestCertificate } from '../support/certificates.ts';
import { encrypted } from '../support/encrypted-message.ts';
import type { Random } from './random.ts';

/** What whoever encrypts may put into a Body, beside markup. */
const STRANGE = [
  ...[
    '<?pi?>',
    '<!DOCTYPE a>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&lt;',
    '&e;',
    '\ufeff',
    '\0',
    '<a',
    '<a b="',
    "'>",
  ],
  ...[
    '</s:Body>',
    '</s:Body></s:Envelope>',
    '</s:Body><s:Body>',
    '<s:Body/>',
    '<x:y/>',
    '<y xmlns=""/>',
    ' ',
    '',
  ],
] as const;

/**
 * A message whose Body is encrypted as the bus wants it, to the key of the run. Sometimes what is encrypted is not what
 * stood there: anybody can encrypt to the bus, whatever it is.
 */
export const secret = (text: string, { certificate }: TestCertificate, random: Random): string =>
  encrypted(text, certificate, { inside: (content) => inside(content, random) });

function inside(content: string, random: Random): string | Buffer {
  const kind = random.int(20);
  const at = random.int(content.length + 1);
  if (kind === 0) return content.slice(0, at) + random.pick(STRANGE) + content.slice(at);
  if (kind === 1) return random.pick([random.pick(STRANGE) + content, content + random.pick(STRANGE)]);
  if (kind === 2) return random.pick([content.slice(0, at), content.slice(at), content.repeat(2), '']);
  if (kind === 3) return Buffer.from(content, random.pick(['utf16le', 'latin1']));
  if (kind !== 4) return content;
  const bytes = Buffer.from(content);
  if (bytes.length > 0) bytes[random.int(bytes.length)] = random.int(256);
  return bytes;
}
