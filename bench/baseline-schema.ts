import { readFileSync } from 'node:fs';
import { XmlDocument, XmlElement, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';

const BODY = '/*[local-name()="Envelope"]/*[local-name()="Body"]/*';

/**
 * Holds what a Body holds against a schema, as `libxml2-wasm`'s documentation shows it: of the packages that can, the
 * one that costs least (`xsd-schema-validator` starts a Java machine for each document).
 */
export function schemaCheck(file: string): (envelope: string) => void {
  xmlRegisterFsInputProviders();
  const schema = XmlDocument.fromBuffer(readFileSync(file), { url: file });
  const validator = XsdValidator.fromDoc(schema);
  return (envelope) => {
    const document = XmlDocument.fromString(envelope);
    try {
      const payload = document.get(BODY);
      if (!(payload instanceof XmlElement)) throw new Error('an empty Body');
      validator.validate(payload);
    } finally {
      document.dispose();
    }
  };
}
