import { type Der, oid, parts, tags } from './der.ts';
import type { GeneralName } from './general-names.ts';

/**
 * Whether a name is below that of a constraint of the same form (RFC 5280 §4.2.1.10).
 *
 * @throws Error when that cannot be told: the form is not known here, or the name is not written as it must be
 */
export function isWithin({ form, value }: GeneralName, base: GeneralName): boolean {
  if (form === 'directoryName') return isDirectoryWithin(value, base.value);
  if (form === 'iPAddress') return isAddressWithin(value.content, base.value.content);
  const text = value.content.toString('latin1');
  const above = base.value.content.toString('latin1');
  if (form === 'dNSName') return isHostWithin(text.toLowerCase(), above.toLowerCase());
  if (form === 'rfc822Name') return isMailWithin(text, above);
  if (form === 'uniformResourceIdentifier') return isUriWithin(text, above);
  throw new Error(`names of the form ${form} are constrained, which is not known here`);
}

/** Its first parts are those of the constraint, compared without regard to case and spaces (RFC 5280 §7.1). */
function isDirectoryWithin(name: Der, limit: Der): boolean {
  const [whole, above] = [parts(name), parts(limit)];
  return (
    above.length <= whole.length &&
    above.every((each, index) => relativeName(each) === relativeName(whole[index]))
  );
}

const relativeName = (set: Der | undefined): string =>
  JSON.stringify(
    parts(set, tags.set)
      .map((attribute) => {
        const [type, value] = parts(attribute);
        return JSON.stringify([oid(type), value ? comparable(value) : null]);
      })
      .sort(),
  );

/** Text; what is none, as it is encoded. */
function comparable({ tag, content, whole }: Der): readonly string[] {
  const text = textOf(tag, content);
  if (text === null) return ['encoded', whole.toString('hex')];
  const even = text.replaceAll(/[ \t\n\v\f\r]+/g, ' ').replaceAll(/^ | $/g, '');
  return [even.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())];
}

function textOf(tag: number, content: Buffer): string | null {
  if (tag === 0x0c) return content.toString('utf8');
  if (tag === 0x13 || tag === 0x14 || tag === 0x16 || tag === 0x1a) return content.toString('latin1');
  if (tag === 0x1e && content.length % 2 === 0) return Buffer.from(content).swap16().toString('utf16le');
  if (tag !== 0x1c || content.length % 4 !== 0) return null;
  return Array.from({ length: content.length / 4 }, (_, index) =>
    String.fromCodePoint(content.readUInt32BE(index * 4)),
  ).join('');
}

/** `example.be` has itself and what is below it, `.example.be` only the latter, nothing has all. */
function isHostWithin(host: string, limit: string): boolean {
  if (limit === '' || host === limit) return true;
  return host.endsWith(limit.startsWith('.') ? limit : `.${limit}`);
}

/** `a@example.be` has that mailbox, `example.be` those of that host, `.example.be` those of hosts below it. */
function isMailWithin(mail: string, limit: string): boolean {
  const at = mail.lastIndexOf('@');
  if (at < 0) throw new Error(`${JSON.stringify(mail)} is no mail address`);
  const host = mail.slice(at + 1).toLowerCase();
  const [mailbox, limitHost] = limit.includes('@')
    ? [limit.slice(0, limit.indexOf('@')), limit.slice(limit.indexOf('@') + 1)]
    : ['', limit];
  if (mailbox !== '' && mailbox !== mail.slice(0, at)) return false;
  const above = limitHost.toLowerCase();
  return above.startsWith('.') && !limit.includes('@') ? host.endsWith(above) : host === above;
}

/** By its host, which must be a name: `example.be` has that host, `.example.be` those below it. */
function isUriWithin(uri: string, limit: string): boolean {
  const host = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([A-Za-z0-9_.-]+)(?=[:/]|$)/.exec(uri)?.[1]?.toLowerCase();
  if (!host) throw new Error(`${JSON.stringify(uri)} has no host by name`);
  const above = limit.toLowerCase();
  return above.startsWith('.') ? host.endsWith(above) : host === above;
}

/** The constraint is an address and a mask. An IPv4 address is in no network of IPv6, nor the other way round. */
function isAddressWithin(address: Buffer, limit: Buffer): boolean {
  if (![4, 16].includes(address.length) || ![8, 32].includes(limit.length))
    throw new Error('an address that is neither IPv4 nor IPv6');
  const half = limit.length / 2;
  if (address.length !== half) return false;
  return address.every((octet, index) => ((octet ^ (limit[index] ?? 0)) & (limit[half + index] ?? 0)) === 0);
}
