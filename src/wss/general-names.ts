import type { X509Certificate } from 'node:crypto';
import { type Der, expect, oid, parts, readAll, readOne, tags } from './der.ts';
import { tbsOf } from './subject-name.ts';

/** A name of one form (GeneralName, RFC 5280 §4.2.1.6): of a certificate, or of those that a constraint is about. */
export type GeneralName = { readonly form: string; readonly value: Der };

const FORMS: Readonly<Record<number, string>> = {
  129: 'rfc822Name',
  130: 'dNSName',
  163: 'x400Address',
  164: 'directoryName',
  165: 'ediPartyName',
  134: 'uniformResourceIdentifier',
  135: 'iPAddress',
  136: 'registeredID',
};
const COMMON_NAME = '2.5.4.3';
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';
const IA5_STRING = 0x16;
/** RFC 9598 §6: a mail address of another form, which constraints on the usual one hold for. */
const SMTP_UTF8 = 'otherName 1.3.6.1.5.5.7.8.9';
const LABEL = /^\w(?:[\w-]*\w)?$/;

/** @throws Error when it is of no form that there is */
export function generalName(value: Der): GeneralName {
  if (value.tag === 0xa0) return { form: `otherName ${oid(readAll(value.content)[0])}`, value };
  const form = FORMS[value.tag];
  if (!form) throw new Error(`a name of the form ${value.tag}`);
  return { form, value: value.tag === 0xa4 ? readOne(value.content) : value };
}

/**
 * All that a certificate calls its owner, as far as constraints hold for it: the subject, mail addresses in it, and the
 * alternative names.
 */
export function namesOf(certificate: X509Certificate, alternatives: Der | null): readonly GeneralName[] {
  const { subject } = tbsOf(certificate.raw);
  const said = alternatives ? parts(alternatives).map(generalName) : [];
  return [
    ...(subject.content.length === 0 ? [] : [{ form: 'directoryName', value: subject }]),
    ...attributesIn(subject, EMAIL_ADDRESS).map((value) => ({
      form: 'rfc822Name',
      value: expect(value, IA5_STRING),
    })),
    ...said,
    ...said
      .filter(({ form }) => form === SMTP_UTF8)
      .map(({ value }) => ({ form: 'rfc822Name', value: { ...value, content: Buffer.alloc(0) } })),
  ];
}

/** A common name that reads like the name of a host, which others take for one where a certificate has no dNSName. */
export function hostNames(certificate: X509Certificate): readonly GeneralName[] {
  return attributesIn(tbsOf(certificate.raw).subject, COMMON_NAME)
    .filter(({ content }) => {
      const labels = content.toString('latin1').split('.');
      return labels.length > 1 && labels.every((label) => LABEL.test(label));
    })
    .map((value) => ({ form: 'dNSName', value }));
}

const attributesIn = (name: Der, type: string): readonly Der[] =>
  parts(name)
    .flatMap((set) => parts(set, tags.set))
    .flatMap((attribute) => {
      const [id, value] = parts(attribute);
      return value && oid(id) === type ? [value] : [];
    });
