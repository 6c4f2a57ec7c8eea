import { readOptions } from './configuration-options.ts';
import { FailedError, type Terminal, UsageError } from './output.ts';

export const keysHelp = `kruispunt audit keys list [--json]
kruispunt audit keys make FILE
kruispunt audit keys add
                    the keys under which it is kept about whom an exchange was. \`make\`: a new file with one key, for
                    KRUISPUNT_AUDIT_KEYS; \`add\`: a new key in that file, with which is written from the next start on,
                    while the older ones go on being read with
`;

type Ring = { readonly current: string; readonly ids: readonly string[] };

export type AuditKeys = {
  /** null: none is configured, and no file is made by itself here. */
  readonly file: string | null;
  readonly read: () => Ring;
  readonly make: (file: string) => Ring;
  readonly add: (file: string) => Ring;
};

/** `kruispunt audit keys`. No key is ever shown: their ids are. */
export function auditKeys([verb, ...argv]: readonly string[], terminal: Terminal, keys: AuditKeys): number {
  const { positionals, json } = readOptions(argv, {});
  const [path] = positionals;
  if (verb === 'make' && path && positionals.length === 1) {
    terminal.print(
      `made ${path} with the key ${keys.make(path).current}: keep a copy, apart from the database`,
    );
    return 0;
  }
  if (positionals.length > 0 || (verb !== 'list' && verb !== 'add')) throw new UsageError(keysHelp);
  if (keys.file === null) throw new FailedError('KRUISPUNT_AUDIT_KEYS is not set: there are no keys here');
  if (verb === 'add') {
    const { current } = keys.add(keys.file);
    terminal.print(
      `added ${current} to ${keys.file}: give every node this file, then start them anew, one after the other`,
    );
    return 0;
  }
  const { current, ids } = keys.read();
  if (json) terminal.print(JSON.stringify({ file: keys.file, current, ids }, null, 2));
  else terminal.print(ids.map((id) => (id === current ? `${id}  is written with` : id)).join('\n'));
  return 0;
}
