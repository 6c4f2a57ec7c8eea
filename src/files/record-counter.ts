/** Counts the records of a file while its bytes come by. Whether the file is well-formed or valid is for others. */
export type RecordCounter = { readonly add: (piece: Uint8Array) => void; readonly count: () => number };

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const LF = 0x0a;
const SPACE = 0x20;

type State = 'text' | 'begun' | 'name' | 'tag' | 'value' | 'end' | 'passed over';

// What `<!` and `<?` begin ends with these; the longest beginning that tells them apart is that of CDATA.
const PASSED_OVER = [
  { start: '!--', end: '-->' },
  { start: '![CDATA[', end: ']]>' },
  { start: '?', end: '?>' },
] as const;
const LONGEST_NAME = 300;

/** Elements of one local name at one depth (the root: 1), in UTF-8 XML. */
export function xmlRecords({ name, depth: wanted }: { name: string; depth: number }): RecordCounter {
  let state: State = 'text';
  let depth = 0;
  let count = 0;
  let quote = 0;
  let previous = 0;
  let seen = '';
  let until = '';

  const open = () => {
    depth++;
    if (depth === wanted && seen.slice(seen.indexOf(':') + 1) === name) count++;
  };
  const begun = (byte: number): State => {
    seen = String.fromCharCode(byte);
    until = '';
    if (byte === SLASH) return 'end';
    return byte === BANG || byte === QUESTION ? passOver() : 'name';
  };
  const inName = (byte: number): State => {
    if (byte !== GT && byte !== SLASH && byte > SPACE) {
      if (seen.length < LONGEST_NAME) seen += String.fromCharCode(byte);
      return 'name';
    }
    open();
    return byte === GT ? 'text' : 'tag';
  };
  const inTag = (byte: number): State => {
    if (byte === QUOTE || byte === APOSTROPHE) {
      quote = byte;
      return 'value';
    }
    if (byte !== GT) return 'tag';
    if (previous === SLASH) depth--;
    return 'text';
  };
  const inEnd = (byte: number): State => {
    if (byte !== GT) return 'end';
    depth--;
    return 'text';
  };
  const passOver = (): State => {
    if (until === '') {
      const found = PASSED_OVER.find(({ start }) => seen === start);
      // A document type, which nobody here takes, is passed over up to its first end.
      until = found?.end ?? (couldBe(seen) ? '' : '>');
      // What began it is no part of what ends it: `<!-->` goes on.
      if (found) seen = '';
      return 'passed over';
    }
    return seen.endsWith(until) ? 'text' : 'passed over';
  };
  const steps: Readonly<Record<State, (byte: number) => State>> = {
    text: (byte) => (byte === LT ? 'begun' : 'text'),
    begun,
    name: inName,
    tag: inTag,
    value: (byte) => (byte === quote ? 'tag' : 'value'),
    end: inEnd,
    'passed over': (byte) => {
      seen = (seen + String.fromCharCode(byte)).slice(-8);
      return passOver();
    },
  };
  return {
    add: (piece) => {
      for (const byte of piece) {
        state = steps[state](byte);
        previous = byte;
      }
    },
    count: () => count,
  };
}

const couldBe = (seen: string) => PASSED_OVER.some(({ start }) => start.startsWith(seen));

/** Lines that are not within quotes; the last one need not be ended. */
export function csvRecords(): RecordCounter {
  let count = 0;
  let quoted = false;
  let open = false;
  return {
    add: (piece) => {
      for (const byte of piece) {
        if (byte === QUOTE) quoted = !quoted;
        if (byte === LF && !quoted) {
          count++;
          open = false;
        } else open = true;
      }
    },
    count: () => (open ? count + 1 : count),
  };
}
