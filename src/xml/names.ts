/** Every namespace and qualified name that the bus reads or writes, in one place. */

/** A name as it is written: `prefix` is our choice of prefix, '' for none. */
export type QName = { readonly namespace: string; readonly name: string; readonly prefix: string };

export const namespaces = {
  soap11: 'http://schemas.xmlsoap.org/soap/envelope/',
  soap12: 'http://www.w3.org/2003/05/soap-envelope',
  wsse: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  wsu: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  wsse11: 'http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  xenc11: 'http://www.w3.org/2009/xmlenc11#',
  excC14n: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
  xsd: 'http://www.w3.org/2001/XMLSchema',
  wsdl: 'http://schemas.xmlsoap.org/wsdl/',
  wsdlSoap11: 'http://schemas.xmlsoap.org/wsdl/soap/',
  wsdlSoap12: 'http://schemas.xmlsoap.org/wsdl/soap12/',
  xml: 'http://www.w3.org/XML/1998/namespace',
} as const;

const inNamespace =
  (namespace: string, prefix: string) =>
  (name: string): QName => ({ namespace, name, prefix });

export const plain = inNamespace('', '');
export const wsse = inNamespace(namespaces.wsse, 'wsse');
export const wsu = inNamespace(namespaces.wsu, 'wsu');
export const wsse11 = inNamespace(namespaces.wsse11, 'wsse11');
export const ds = inNamespace(namespaces.ds, 'ds');
export const xenc = inNamespace(namespaces.xenc, 'xenc');
export const xml = inNamespace(namespaces.xml, 'xml');

export type SoapVersion = '1.1' | '1.2';

/** Names in the envelope namespace of one SOAP version. */
export function soap(version: SoapVersion): (name: string) => QName {
  return inNamespace(version === '1.1' ? namespaces.soap11 : namespaces.soap12, 'soap');
}
