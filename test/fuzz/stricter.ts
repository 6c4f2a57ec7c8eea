/**
 * Why the bus refuses what libxmlsec takes: rules of its own, about other things than whether a signature fits. A
 * disagreement under none of these names is a finding.
 */
const RULES: readonly (readonly [string, RegExp])[] = [
  [
    'encoding',
    /^(?:Content-Type charset|XML declaration) says|^bytes are not|Char 0x0 out of allowed range$|^a second byte order mark/,
  ],
  ['limits', /^more than|^elements nested deeper/],
  ['namespaces that are absolute', /^namespace name (?:that is relative|with a reference)/],
  ['what SOAP forbids', /^processing instruction|^document type/],
  ['one document', /^not well-formed, .*Extra content at the end/],
  ['namespaces that are not well-formed', /^not well-formed, .*(?:[Nn]amespace|xmlns|xml:)/],
  [
    'parts of the envelope in their places',
    /^root element|^no Body where|^elements after|^the Body (?:is empty|holds)/,
  ],
  ['header blocks that must be understood', /^header block/],
  ['a question that is served', /^no service has/],
  ['hidden text', /^comment inside|^byte order mark/],
  [
    'one signature, in one place',
    /^(?:no |\d+ |a )(?:bare |wsse:|ds:)?(?:Security|[Ss]ignatures?)|^Security is addressed|^no ds:Signature/,
  ],
  [
    'nothing in a signature but what is needed',
    /^[\w:.-]+ holds \[|^[\w:.-]+ where \w+ belongs|^SignatureMethod has|^\d+ transforms|^Reference .*without Transforms|has parameters/,
  ],
  ['algorithms', /algorithm ".*" (?:of .* )?is not allowed|^signature algorithm for|^inclusive C14N|^SHA-1/],
  [
    'references by id, each to one part',
    /is no #id|is the id of \d+ parts|occurs \d+ times|referenced twice|^\d+ references/,
  ],
  ['the Body is signed', /^the Body is not signed/],
  ['base64', /does not hold base64$/],
  [
    'the token',
    /^KeyInfo|BinarySecurityTokens in|^reference expects|^token (?:type|encoding|is no)|is a token other than|^[\w:.-]+ of \d+ characters|holds \d+ elements$/,
  ],
  ['moments', /^Timestamp|^(?:Created|Expires) "|^\d+ Timestamps/],
  ['profiles', /needs profile|^a bare signature over more/],
  [
    'certificates',
    /^certificate |^a certificate in|^\d+ certificates in|names no certificate$|^CN=|was not issued by|^KeyValue contradicts|^keyUsage of/,
  ],
  [
    'encryption',
    /elements of XML Encryption where|^not one Security header beside|nothing else of XML Encryption$|no EncryptedData$|^EncryptedKey (?:does not|is )|^EncryptedData (?:is of|does not)|^(?:content|key) encryption|^\d+ encrypted bytes|is not EncryptionMethod, KeyInfo and|parameters that are not known$|^a certificate is not found by|to a certificate that is none of the bus$/,
  ],
  ['content of a Body', /^what was encrypted is not the content/],
  ['PrefixList', /^PrefixList is|exclusive C14N has parameters/],
];

/** null: under none. */
export const ruleOf = (detail: string): string | null =>
  RULES.find(([, pattern]) => pattern.test(detail))?.[0] ?? null;
