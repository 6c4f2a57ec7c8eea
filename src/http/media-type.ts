/** A Content-Type header, taken apart (RFC 9110 §8.3.1). */
export type MediaType = {
  /** Lower case; null when there is no header or it names no type. */
  readonly type: string | null;
  readonly charset: string | null;
  /** SOAP 1.2 names the operation here, where SOAP 1.1 has a header (RFC 3902 §3). */
  readonly action: string | null;
};

/** What was read last: whoever sends many messages says the same of each. */
let last: { readonly header: string | undefined; readonly read: MediaType } | null = null;

export function readMediaType(header: string | undefined): MediaType {
  if (last?.header !== header || !last) last = { header, read: read(header) };
  return last.read;
}

function read(header: string | undefined): MediaType {
  const [type = '', ...parameters] = (header ?? '').split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const values = new Map(
    parameters.map((parameter) => {
      const [name = '', value = ''] = parameter.split(/=(.*)/s);
      return [name.trim().toLowerCase(), unquote(value)];
    }),
  );
  const name = type.trim().toLowerCase();
  return {
    type: name === '' ? null : name,
    charset: values.get('charset') ?? null,
    action: values.get('action') ?? null,
  };
}

/** Clients in production send SOAPAction with quotes, without, or an empty pair. */
export const unquote = (value: string) => value.trim().replace(/^"(.*)"$/s, '$1');
