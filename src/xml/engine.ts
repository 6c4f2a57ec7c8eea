/**
 * The one door to libxml2. The raw layer of `libxml2-wasm` is used because its public one allocates a wrapper per
 * node per visit and frees a document's root when another is set; its version is pinned exactly for that reason.
 */
import * as raw from 'libxml2-wasm/lib/libxml2.mjs';

type Untyped = {
  // Exported by the module but stripped from its declarations.
  readonly addFunction: (
    callback: (...pointers: number[]) => number | undefined,
    signature: string,
  ) => number;
  readonly xmlOutputBufferCreateIO: (handler: raw.XmlOutputBufferHandler) => number;
};

export const engine: typeof raw & Untyped = raw as typeof raw & Untyped;

/** What libxml2 said, at most `LIMIT` times: a hostile document may break a rule on every one of its nodes. */
export type Complaint = { readonly message: string; readonly line: number; readonly path: string | null };

const LIMIT = 50;
const WARNING = 1;
let collected: Complaint[] | null = null;

const collect = engine.addFunction((_data = 0, error = 0) => {
  if (!collected || collected.length >= LIMIT || engine.XmlErrorStruct.level(error) <= WARNING) return;
  collected.push({
    message: engine.XmlErrorStruct.message(error).trim(),
    line: engine.XmlErrorStruct.line(error),
    path: engine.xmlGetNodePath(engine.XmlErrorStruct.node(error)),
  });
}, 'vii');

/**
 * Runs `work` with an error handler for libxml2 (a function pointer) and returns what it complained of. libxml2 is
 * synchronous, so at most one is under way.
 */
export function complaints(work: (handler: number) => void): readonly Complaint[] {
  const list: Complaint[] = [];
  collected = list;
  try {
    work(collect);
  } finally {
    collected = null;
  }
  return list;
}
