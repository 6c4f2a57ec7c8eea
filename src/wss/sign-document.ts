import { ds, type QName } from '../xml/names.ts';
import { type Content, element, writeBytes } from '../xml/write.ts';
import { algorithms } from './algorithms.ts';
import { readKey, type SigningKey, signatureOf } from './signature-markup.ts';

/** Writes documents that carry their own signature. */
export type DocumentSigner = {
  /**
   * @param content of the root element; the signature follows it
   * @returns the document in UTF-8, with its XML declaration
   */
  readonly sign: (root: QName, content: readonly Content[]) => Uint8Array;
};

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/**
 * Signs a whole document (XML Signature, enveloped; exclusive C14N; SHA-256), with the certificates in X509Data. With
 * an RSA key the same content gives the same bytes each time.
 *
 * @throws Error when the key does not belong to the certificate or is of a kind that cannot sign
 */
export function createDocumentSigner(material: SigningKey): DocumentSigner {
  const key = readKey(material);
  const certificates = key.chain.map((der) => element(ds('X509Certificate'), der.toString('base64')));
  return {
    sign: (root, content) => {
      const { bytes, canonical } = writeBytes(element(root, content));
      if (!canonical) throw new Error(`${root.name} was not written in the form in which it is signed`);
      const part = { id: null, bytes, transforms: [algorithms.enveloped, algorithms.exclusive] };
      const signature = signatureOf(key, [part], element(ds('X509Data'), certificates));
      return Buffer.concat([
        Buffer.from(DECLARATION),
        writeBytes(element(root, [...content, signature])).bytes,
        Buffer.from('\n'),
      ]);
    },
  };
}
