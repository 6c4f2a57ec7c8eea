import { type DocumentNode, readDocument } from '../xml/document.ts';
import { namespaces } from '../xml/names.ts';

/**
 * The attributes of the xml namespace. Schemas import them from the web, where nobody should have to go for four
 * attributes that never change (XML 1.0 §2.10 and §2.12, XML Base, xml:id).
 */
const SOURCE = `<xs:schema xmlns:xs="${namespaces.xsd}" targetNamespace="${namespaces.xml}">
  <xs:attribute name="lang">
    <xs:simpleType>
      <xs:union memberTypes="xs:language">
        <xs:simpleType><xs:restriction base="xs:string"><xs:length value="0"/></xs:restriction></xs:simpleType>
      </xs:union>
    </xs:simpleType>
  </xs:attribute>
  <xs:attribute name="space">
    <xs:simpleType>
      <xs:restriction base="xs:NCName">
        <xs:enumeration value="default"/><xs:enumeration value="preserve"/>
      </xs:restriction>
    </xs:simpleType>
  </xs:attribute>
  <xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="id" type="xs:ID"/>
  <xs:attributeGroup name="specialAttrs">
    <xs:attribute ref="xml:base"/><xs:attribute ref="xml:lang"/>
    <xs:attribute ref="xml:space"/><xs:attribute ref="xml:id"/>
  </xs:attributeGroup>
</xs:schema>`;

let schema: DocumentNode | null = null;

export function xmlNamespaceSchema(): DocumentNode {
  if (schema) return schema;
  const read = readDocument(Buffer.from(SOURCE));
  if (read.root === null) throw new Error(`the schema of the xml namespace: ${read.message}`);
  schema = read.root;
  return schema;
}
