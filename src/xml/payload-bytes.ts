/**
 * Where markup stands in the bytes of a message: a tree does not tell. Nothing is decided here on what a message says;
 * the bytes that are put together are parsed anew, and it is that tree which counts.
 */

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
/** Envelope, Body, and its child. */
const PAYLOAD_DEPTH = 3;

/**
 * Puts content in the place of the Body's last child.
 *
 * @param bytes UTF-8 that was parsed as an envelope, whose Body is its last element and has a child
 * @throws Error when it is no such thing
 */
export function replacePayload(bytes: Buffer, content: Buffer): Buffer {
  let depth = 0;
  let from = -1;
  let to = -1;
  const whole = eachTag(bytes, (kind, begin, end) => {
    if (kind !== 'end' && ++depth === PAYLOAD_DEPTH) from = begin;
    if (kind !== 'start' && depth-- === PAYLOAD_DEPTH) to = end;
  });
  if (!whole || depth !== 0 || from === -1)
    throw new Error('an envelope without a payload was to be changed');
  return Buffer.concat([bytes.subarray(0, from), content, bytes.subarray(to)]);
}

/**
 * Whether bytes begin and end between tags, and close what they open and nothing else: wherever they are put, what
 * stands around them keeps its place. Whether their names match is for the parser.
 */
export function isSelfContained(content: Buffer): boolean {
  let depth = 0;
  let closesMore = false;
  const whole = eachTag(content, (kind) => {
    if (kind === 'start') depth++;
    else if (kind === 'end' && --depth < 0) closesMore = true;
  });
  return whole && depth === 0 && !closesMore;
}

type Visit = (kind: 'start' | 'end' | 'empty', from: number, to: number) => void;

/** False where a tag, comment or section does not end, or where what SOAP forbids begins. */
function eachTag(bytes: Buffer, visit: Visit): boolean {
  for (let at = bytes.indexOf(LT); at !== -1; ) {
    const next = bytes[at + 1];
    let end: number;
    if (next === BANG) end = endOfSection(bytes, at);
    else if (next === QUESTION) return false;
    else {
      end = endOfTag(bytes, at);
      if (end !== -1) visit(next === SLASH ? 'end' : bytes[end - 2] === SLASH ? 'empty' : 'start', at, end);
    }
    if (end === -1) return false;
    at = bytes.indexOf(LT, end);
  }
  return true;
}

/** Just behind a comment or a CDATA section. */
function endOfSection(bytes: Buffer, at: number): number {
  const section = SECTIONS.find(({ opening }) => bytes.subarray(at, at + opening.length).equals(opening));
  if (!section) return -1;
  const end = bytes.indexOf(section.closing, at + section.opening.length);
  return end === -1 ? -1 : end + section.closing.length;
}

const SECTIONS = [
  { opening: Buffer.from('<!--'), closing: '-->' },
  { opening: Buffer.from('<![CDATA['), closing: ']]>' },
];

/** Just behind the '>' that closes a tag, attribute values skipped. */
function endOfTag(bytes: Buffer, at: number): number {
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === GT) return i + 1;
    if (byte !== QUOTE && byte !== APOSTROPHE) continue;
    i = bytes.indexOf(byte, i + 1);
    if (i === -1) return -1;
  }
  return -1;
}
