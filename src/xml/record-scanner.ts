/** The element that is one record: its local name, and how deep it stands (the root: 1). */
type Shape = { readonly name: string; readonly depth: number };

/** Told of each record where its first byte is, and after which its last; counted from the first byte of the file. */
export type RecordEvents = {
  readonly begins: (offset: number) => void;
  readonly ends: (offset: number) => void;
};

export type RecordScanner = {
  readonly add: (piece: Uint8Array) => void;
  /** Names of the elements around records that are open now, the root's first; latin1 of their bytes. */
  readonly around: () => readonly string[];
};

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SPACE = 0x20;

type State = 'text' | 'begun' | 'name' | 'tag' | 'value' | 'end' | 'passed over';

// What `<!` and `<?` begin ends with these; the longest beginning that tells them apart is that of CDATA.
const PASSED_OVER = [
  { start: '!--', end: '-->' },
  { start: '![CDATA[', end: ']]>' },
  { start: '?', end: '?>' },
] as const;
const LONGEST_NAME = 300;

/**
 * Finds the records of UTF-8 XML while its bytes come by, in constant memory. Whether the file is well-formed or valid
 * is for others, who must see each record together with what stands between it and the one before.
 */
export function recordScanner({ name, depth: wanted }: Shape, { begins, ends }: RecordEvents): RecordScanner {
  let state: State = 'text';
  let depth = 0;
  let quote = 0;
  let previous = 0;
  let seen = '';
  let until = '';
  let offset = 0;
  let tagAt = 0;
  let inRecord = false;
  const around: string[] = [];

  const open = () => {
    depth++;
    if (depth < wanted) around[depth - 1] = seen;
    inRecord ||= depth === wanted && seen.slice(seen.indexOf(':') + 1) === name;
    if (inRecord && depth === wanted) begins(tagAt);
  };
  const close = () => {
    if (inRecord && depth === wanted) {
      inRecord = false;
      ends(offset + 1);
    }
    depth--;
    if (around.length > depth) around.length = Math.max(0, depth);
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
    if (previous === SLASH) close();
    return 'text';
  };
  const inEnd = (byte: number): State => {
    if (byte !== GT) return 'end';
    close();
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
  const inText = (byte: number): State => {
    if (byte !== LT) return 'text';
    tagAt = offset;
    return 'begun';
  };
  const steps: Readonly<Record<State, (byte: number) => State>> = {
    text: inText,
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
      const start = offset;
      for (let at = 0; at < piece.length; at++) {
        // Most of a file is text: it is passed over at the speed of memory.
        if (state === 'text') {
          const next = piece.indexOf(LT, at);
          if (next !== at) previous = 0;
          at = next === -1 ? piece.length : next;
          if (next === -1) break;
        }
        const byte = piece[at] ?? 0;
        offset = start + at;
        state = steps[state](byte);
        previous = byte;
      }
      offset = start + piece.length;
    },
    around: () => around,
  };
}

const couldBe = (seen: string) => PASSED_OVER.some(({ start }) => start.startsWith(seen));
