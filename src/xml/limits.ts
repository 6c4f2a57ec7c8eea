import { Refusal } from '../exchange/refusal.ts';

/** What a message may cost. A SOAP message that a person or program writes in earnest stays far below each of them. */
const MAX_DEPTH = 100;
const MAX_ELEMENTS = 50_000;
const MAX_ATTRIBUTES = 500;

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const EQUALS = 0x3d;

const refuse = (detail: string) => new Refusal('10001', detail, 'De boodschap is geen toegelaten XML.');

/**
 * Walks the markup once, before any parser allocates for it, and refuses what SOAP forbids (a document type
 * declaration, processing instructions: SOAP 1.1 §3, SOAP 1.2 part 1 §5) and what is only ever sent to exhaust.
 * It decides on limits alone: whatever is not well-formed is left to the parser to refuse.
 *
 * @param bytes UTF-8, without byte order mark or XML declaration
 */
export function checkLimits(bytes: Buffer): void {
  let depth = 0;
  let elements = 0;
  let at = bytes.indexOf(LT);
  while (at !== -1) {
    const next = bytes[at + 1];
    let end: number;
    if (next === BANG) end = skipDeclaration(bytes, at);
    else if (next === QUESTION) throw refuse('processing instruction in a SOAP message');
    else if (next === SLASH) {
      depth--;
      end = bytes.indexOf(GT, at);
    } else {
      if (++elements > MAX_ELEMENTS) throw refuse(`more than ${MAX_ELEMENTS} elements`);
      end = endOfTag(bytes, at);
      if (end !== -1 && bytes[end - 1] !== SLASH && ++depth > MAX_DEPTH) {
        throw refuse(`elements nested deeper than ${MAX_DEPTH}`);
      }
    }
    if (end === -1) return;
    at = bytes.indexOf(LT, end);
  }
}

function skipDeclaration(bytes: Buffer, at: number): number {
  if (bytes.subarray(at, at + 4).equals(COMMENT)) return bytes.indexOf('-->', at + 4);
  if (bytes.subarray(at, at + 9).equals(CDATA)) return bytes.indexOf(']]>', at + 9);
  throw refuse('document type declaration in a SOAP message');
}

const COMMENT = Buffer.from('<!--');
const CDATA = Buffer.from('<![CDATA[');

/** Index of the '>' that closes the tag at `at`, attribute values skipped; -1 when there is none. */
function endOfTag(bytes: Buffer, at: number): number {
  let attributes = 0;
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === GT) return i;
    if (byte === EQUALS && ++attributes > MAX_ATTRIBUTES)
      throw refuse(`more than ${MAX_ATTRIBUTES} attributes on one element`);
    if (byte === QUOTE || byte === APOSTROPHE) {
      i = bytes.indexOf(byte, i + 1);
      if (i === -1) return -1;
    }
  }
  return -1;
}
