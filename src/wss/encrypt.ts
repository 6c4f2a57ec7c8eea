import { constants, createCipheriv, publicEncrypt, randomBytes } from 'node:crypto';
import type { Recipient } from '../exchange/recipient.ts';
import { ds, plain, type QName, wsse, wsse11, xenc } from '../xml/names.ts';
import { attribute, type Content, element, type Markup } from '../xml/write.ts';
import { algorithms, encryption, keyNames, tokenTypes } from './algorithms.ts';

/** What stands in the place of a Body's content, and the key to it, which goes into wsse:Security. */
type Encrypted = { readonly data: Markup; readonly key: Markup };

const KEY_BYTES = 32;
// XML Encryption 1.1 §5.2.4: 96 bits in front of what is encrypted, 128 of authentication behind it.
const IV_BYTES = 12;

/**
 * Encrypts the content of an element: AES-256-GCM under a key of this message alone, and that key by RSA-OAEP to the
 * recipient. Of RSA-OAEP's forms it is the one of XML Encryption 1.0, which every reader knows: xmlsec1 reads the one of
 * 1.1 from 1.3 on only. SHA-1 need not resist collisions there.
 *
 * @param id letters, digits and hyphens: what refers to what in the message is named by it
 */
export function encrypt(content: Uint8Array, to: Recipient, id: string): Encrypted {
  const key = randomBytes(KEY_BYTES);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  const wrapped = publicEncrypt(
    { key: to.key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    key,
  );
  return { data: encryptedData(sealed, id), key: encryptedKey(wrapped, to, id) };
}

/** WS-Security 1.1 §9.3: the element that takes the place of an element's content. */
const encryptedData = (sealed: Buffer, id: string) =>
  element(
    xenc('EncryptedData'),
    [
      withAlgorithm(xenc('EncryptionMethod'), encryption.aes256Gcm),
      keyInfo([
        element(
          wsse('SecurityTokenReference'),
          [element(wsse('Reference'), [], [attribute(plain('URI'), `#EK-${id}`)])],
          [attribute(wsse11('TokenType'), keyNames.encryptedKey)],
        ),
      ]),
      cipherData(sealed),
    ],
    [attribute(plain('Id'), `ED-${id}`), attribute(plain('Type'), encryption.content)],
  );

/** X.509 token profile 1.1 §3.3.2 and §3.5: the recipient's certificate goes by its thumbprint. */
const encryptedKey = (wrapped: Buffer, { thumbprint }: Recipient, id: string) =>
  element(
    xenc('EncryptedKey'),
    [
      withAlgorithm(xenc('EncryptionMethod'), encryption.rsaOaepMgf1p, [
        withAlgorithm(ds('DigestMethod'), algorithms.sha1),
      ]),
      keyInfo([
        element(wsse('SecurityTokenReference'), [
          element(wsse('KeyIdentifier'), thumbprint, [
            attribute(plain('EncodingType'), tokenTypes.base64),
            attribute(plain('ValueType'), keyNames.thumbprint),
          ]),
        ]),
      ]),
      cipherData(wrapped),
      element(xenc('ReferenceList'), [
        element(xenc('DataReference'), [], [attribute(plain('URI'), `#ED-${id}`)]),
      ]),
    ],
    [attribute(plain('Id'), `EK-${id}`)],
  );

const withAlgorithm = (name: QName, algorithm: string, content: readonly Content[] = []) =>
  element(name, content, [attribute(plain('Algorithm'), algorithm)]);

const keyInfo = (content: readonly Content[]) => element(ds('KeyInfo'), content);

const cipherData = (bytes: Buffer) =>
  element(xenc('CipherData'), [element(xenc('CipherValue'), bytes.toString('base64'))]);
