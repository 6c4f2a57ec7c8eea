/**
 * Every check that keeps an attack out, and what it is replaced by to turn it off: the proof that the catalogue would
 * notice. `lines` are those of the attacks of which at least one must get through then.
 */
export type Guard = {
  /** Below src. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly source: string;
  readonly replacement: string;
  readonly lines: readonly string[];
};

/** A condition that never holds. */
const off = (file: string, lines: string, source: string): Guard =>
  instead(file, lines, source, 'if (false)');
const instead = (file: string, lines: string, source: string, replacement: string): Guard => ({
  file,
  source,
  replacement,
  lines: lines.split(' '),
});

const inXml: readonly Guard[] = [
  off('xml/encoding.ts', 'C3', 'if (!fits)'),
  instead('xml/encoding.ts', 'C3', 'fatal: true', 'fatal: false'),
  instead(
    'xml/encoding.ts',
    'C3',
    'DECLARATION.exec(head)?.[0].length',
    '/^<\\?xml[^>]*>/.exec(head)?.[0].length',
  ),
  off('xml/encoding.ts', 'C3', 'if (isMarked(rest))'),
  instead('xml/tree.ts', 'C6', 'if (document === 0 || first)', 'if (document === 0)'),
  off('xml/limits.ts', 'D4', 'if (++count.elements > limits.elements)'),
  instead('xml/limits.ts', 'D3', '++depth > limits.depth', 'false'),
  off('xml/limits.ts', 'D4', 'if (count.attributes > limits.attributes)'),
  off('xml/limits.ts', 'D4', 'if (++count.attributes - before > limits.attributesOfOne)'),
  off('xml/limits.ts', 'D4', 'if (++count.comments > limits.comments)'),
  off('xml/limits.ts', 'C5', "if (name !== '' && !ABSOLUTE.test(name))"),
  instead(
    'xml/limits.ts',
    'C1',
    "throw refuse('processing instruction in a SOAP message')",
    'end = bytes.indexOf(GT, at)',
  ),
  instead(
    'xml/limits.ts',
    'D1',
    "throw refuse('document type declaration in a SOAP message')",
    'return bytes.indexOf(GT, at)',
  ),
  off('xml/envelope.ts', 'E1', 'if (!soap)'),
  instead(
    'xml/envelope.ts',
    'A3',
    "if (body?.name !== 'Body' || body.namespace !== root.namespace)",
    'if (!body)',
  ),
  off('xml/envelope.ts', 'A3', 'if (parts.length > (header ? 2 : 1))'),
  off('xml/envelope.ts', 'A3', 'if (rest.length > 0)'),
];

const inVerify: readonly Guard[] = [
  off('wss/place.ts', 'A9', 'if (securities.length > 1)'),
  off('wss/place.ts', 'A18', 'if (bare.length > 0)'),
  off('wss/place.ts', 'A9', "if (actor !== '' && actor !== ULTIMATE_RECEIVER)"),
  off('wss/place.ts', 'A18', 'if (signatures.length > 1)'),
  off('wss/place.ts', 'A18', 'if (bare.length > 1)'),
  off('wss/verify.ts', 'A15', 'if (covered.length > 1)'),
  instead(
    'wss/verify.ts',
    'B2',
    "if (weak) throw failed('SHA-1 in a bare",
    "if (false) throw failed('SHA-1 in a bare",
  ),
  off('wss/verify.ts', 'C4', 'if (hasComment(security ?? signature))'),
  off('wss/verify.ts', 'C2', 'if (hasTextSplitByComment(root))'),
  off('wss/verify.ts', 'C3', 'if (envelope.census?.marks !== false && hasMark(envelope.root))'),
  off('wss/verify.ts', 'A7', 'if (!covered.some(({ element }) => element.is(body)))'),
  off('wss/verify.ts', 'A19', 'if (other)'),
  off(
    'wss/verify.ts',
    'B3',
    'if (signature.canonical.inclusive || signature.references.some(({ canonical }) => canonical.inclusive))',
  ),
  off('wss/verify.ts', 'A10', 'if (timestamps.length > 1)'),
  instead(
    'wss/verify.ts',
    'B5',
    'const party = partyOf(certificate.subject);',
    "const party = partyOf(certificate.subject) ?? partyOf('CN=afnemer,O=CBE 0999990420,C=BE');",
  ),
  instead('wss/verify.ts', 'A14', "if (profile === 'strict') return;", 'return;'),
  instead('wss/verify.ts', 'A14', "if (!timestamp) return 'no Timestamp'", 'if (!timestamp) return null'),
  off('wss/verify.ts', 'A14', 'if (!covered.some(({ element }) => element.is(timestamp)))'),
  instead('wss/verify.ts', 'B2', "if (weak) return 'SHA-1'", 'if (false) return null'),
  instead('wss/verify.ts', 'B8', "token.pkiPath ? 'a PKIPath token' : null", 'null'),
  off('wss/coverage.ts', 'A16', 'if (new Set(used).size < used.length)'),
  off('wss/coverage.ts', 'A12', 'if (occurrences !== 1)'),
  instead('wss/coverage.ts', 'A12', 'tokenId === null ? used : [...used, tokenId]', 'used'),
  off('wss/proof.ts', 'B3', 'if (key.asymmetricKeyType !== method.key)'),
  off('wss/proof.ts', 'B8', 'if (!verify(method.hash, signed, verifier, value))'),
  off('wss/proof.ts', 'A5', "if (actual !== digest.toString('hex'))"),
];

const inSignature: readonly Guard[] = [
  instead(
    'wss/signature.ts',
    'A8',
    'if (children.length !== names.length || !children.every(fits))',
    'if (children.length < names.length || !children.slice(0, names.length).every(fits))',
  ),
  instead(
    'wss/signature.ts',
    'B3',
    'signatureMethods.get(algorithm)',
    '(signatureMethods.get(algorithm) ?? signatureMethods.get(algorithms.rsaSha256))',
  ),
  instead(
    'wss/signature.ts',
    'B3',
    'digestMethods.get(algorithm)',
    '(digestMethods.get(algorithm) ?? digestMethods.get(algorithms.sha256))',
  ),
  off('wss/signature.ts', 'B1', 'if (signatureMethod.children.length > 0)'),
  off('wss/signature.ts', 'D6', 'if (references.length > MAX_REFERENCES)'),
  off('wss/signature.ts', 'A15', 'if (!/^#[\\p{L}_][\\p{L}\\p{N}._-]*$/u.test(uri))'),
  off('wss/signature.ts', 'D7', 'if (rest.length > 0 || (!enveloped && second))'),
  off('wss/signature.ts', 'B3', 'if (enveloped && first.children.length > 0)'),
  off('wss/signature.ts', 'B3', 'if (algorithm !== algorithms.exclusive)'),
  instead(
    'wss/signature.ts',
    'B3',
    "throw failed('exclusive C14N has parameters that are not known')",
    'return { inclusive: false, prefixes: [] }',
  ),
  off('wss/signature.ts', 'C6', 'if ((list?.length ?? 0) > MAX_PREFIX_LIST)'),
  instead(
    'wss/signature.ts',
    'C6',
    'if (list === null || !/^(?:[^ \\t\\r\\n]+ )*[^ \\t\\r\\n]*$/.test(list))',
    'if (list === null)',
  ),
  off(
    'wss/signature.ts',
    'B8',
    "if (element.children.length > 0 || !(plain || BASE64.test(text.replace(/[ \\t\\r\\n]+/g, ''))))",
  ),
  instead(
    'wss/signature.ts',
    'B3',
    'if (element?.name !== name || element.namespace !== namespaces.ds)',
    'if (element?.name !== name)',
  ),
  off('wss/token.ts', 'B8', "if (!is(said, 'Reference', namespaces.wsse))"),
  instead('wss/token.ts', 'A19', 'if (!token || tokens.length > 1)', 'if (!token)'),
  instead('wss/token.ts', 'A19', 'if (id === null || uri !== ', 'if (id === null || false && uri !== '),
  off('wss/token.ts', 'B8', 'if (expected !== null && expected !== type)'),
  off('wss/token.ts', 'B8', 'if (encoding !== null && encoding !== tokenTypes.base64)'),
  instead('wss/token.ts', 'B8', 'if (type === tokenTypes.x509)', 'if (type !== tokenTypes.pkiPath)'),
  off('wss/token.ts', 'B8', 'if (element.text.length > MAX_TOKEN)'),
  off('wss/token.ts', 'A19', 'if (values[0] !== n || values[1] !== e)'),
  instead('wss/token.ts', 'A19', 'if (!x509 || data.length > 1 ||', 'if (!x509 ||'),
  instead('wss/token.ts', 'A19', 'if (!only || rest.length > 0)', 'if (!only)'),
  instead(
    'wss/timestamp.ts',
    'B6',
    'if (!known || children.length !== 2 || !created || !expires)',
    'if (!created || !expires)',
  ),
  instead('wss/timestamp.ts', 'B6', '(\\.\\d{1,12})?Z$', '(\\.\\d{1,12})?(?:Z|[+-]\\d\\d:\\d\\d)$'),
  off('wss/timestamp.ts', 'B6', 'if (end <= begin)'),
  off('wss/timestamp.ts', 'B6', 'if (end - begin > MAX_LIFETIME)'),
  off('wss/timestamp.ts', 'B6', 'if (begin > now + SKEW)'),
  off('wss/timestamp.ts', 'B6', 'if (end + SKEW < now)'),
];

const inTrust: readonly Guard[] = [
  off('wss/trust.ts', 'B4', 'if (chain.length > MAX_CHAIN)'),
  off('wss/trust.ts', 'B8', 'if (!certificate.raw.equals(der))'),
  instead(
    'wss/chain-path.ts',
    'B4',
    'checks <= MAX_CHECKS && certificate.verify(publicKey)',
    'checks <= MAX_CHECKS',
  ),
  instead(
    'wss/explain-chain.ts',
    'B4',
    "if (end === 'authority') return good",
    "if (end !== 'too long') return good",
  ),
  off('wss/explain-chain.ts', 'B6', 'if (at < from)'),
  off('wss/explain-chain.ts', 'B6', 'if (at > until)'),
  instead('wss/certificate-rules.ts', 'B4', ': keyUsage & DIGITAL_SIGNATURE', ': true'),
  instead('wss/certificate-rules.ts', 'B4', ': keyUsage & CERTIFICATE_SIGN', ': true'),
  instead('wss/certificate-rules.ts', 'B4', ': below <= pathLength', ': true'),
  instead(
    'wss/certificate-rules.ts',
    'B4',
    "authority\n      ? good('basicConstraints', 'is a CA')",
    "true ? good('basicConstraints', '')",
  ),
  off('wss/certificate-rules.ts', 'B4', 'if (unknownCritical !== null)'),
  off(
    'wss/name-constraints.ts',
    'B4',
    'if (allowed.length > 0 && !allowed.some((base) => isWithin(name, base)))',
  ),
  off('wss/name-constraints.ts', 'B4', 'if (excluded.filter(sameForm).some((base) => isWithin(name, base)))'),
  off('wss/certificate-rules.ts', 'B2', 'if (bits < MIN_RSA_BITS)'),
  instead(
    'wss/certificate-rules.ts',
    'B2',
    "if (type === 'ec' && CURVES.has(details?.namedCurve ?? ''))",
    "if (type === 'ec')",
  ),
  instead('wss/certificate-rules.ts', 'B2', 'return known\n', 'return true\n'),
  off('wss/revocation-state.ts', 'B7', 'if (naming)'),
  instead(
    'wss/answer-state.ts',
    'B7',
    "finding: bad('ocsp', says, mend), question, ...always",
    "finding: good('ocsp', says), question: null, ...always",
  ),
  off('wss/answer-state.ts', 'B7', "if (answer.status === 'revoked')"),
  off('wss/answer-state.ts', 'B7', "if (answer.status === 'unknown')"),
  off('wss/answer-book.ts', 'B7', 'if (nonce === null && demandsNonce)'),
  off('wss/answer-book.ts', 'B7', 'if (nonce !== null && !nonce.equals(sent))'),
  off('wss/answer-book.ts', 'B7', 'if (thisUpdate.getTime() > latest || producedAt.getTime() > latest)'),
  instead(
    'wss/ocsp-answer.ts',
    'B7',
    'responses.filter((each) => isAbout(parts(each)[0], question))',
    'responses',
  ),
  instead('wss/ocsp-signer.ts', 'B7', '&& verifies(issuer.publicKey)', ''),
  off('wss/ocsp-signer.ts', 'B7', 'if (!delegate.verify(issuer.publicKey))'),
  off('wss/ocsp-signer.ts', 'B7', 'if (!purposes?.includes(OCSP_SIGNING))'),
  off('wss/ocsp-signer.ts', 'B7', 'if (isRevoked(delegate))'),
  off('wss/ocsp-signer.ts', 'B7', 'if (!verifies(delegate.publicKey))'),
  instead(
    'wss/revocation-state.ts',
    'B7',
    "return { finding: bad('revocation', expired,",
    "return { finding: good('revocation', expired,",
  ),
];

const inEncryption: readonly Guard[] = [
  off('wss/encrypted.ts', 'A21', 'if (count !== 2)'),
  off('wss/encrypted.ts', 'A21', "if (key?.name !== 'EncryptedKey' || more.length > 0)"),
  off(
    'wss/encrypted.ts',
    'A21',
    "if (!reference || others.length > 0 || !is(reference, 'DataReference', namespaces.xenc) || id === null)",
  ),
  off('wss/encrypted.ts', 'A21', 'if (!refersTo(reference, id))'),
  off('wss/encrypted.ts', 'A21', "if (references || data.attribute('Type') !== encryption.content)"),
  off('wss/encrypted.ts', 'B9', 'if (algorithm !== encryption.aes256Gcm || method.children.length > 0)'),
  off('wss/encrypted.ts', 'A21', 'if (!fits || !known || more.length > 0)'),
  off('wss/encrypted.ts', 'B9', 'if (method.children.length > (digest ? 1 : 0) + (mask ? 1 : 0))'),
  off('wss/encrypted.ts', 'B9', 'if (!hash || hash !== masked)'),
  off('wss/encrypted.ts', 'B9', 'if (type !== keyNames.thumbprint || encoding !== tokenTypes.base64)'),
  instead('wss/encrypted.ts', 'A21', 'if (keyInfo) assertRefersTo(keyInfo, key);', ''),
  off('wss/decrypt.ts', 'B9', 'if (!isSelfContained(content))'),
  instead(
    'wss/decrypt.ts',
    'B9',
    "throw failed('the content, or the key to it, is not as it was encrypted', cause);",
    'return content;',
  ),
  instead('stages/decrypt.ts', 'B9', 'checkLimits(bytes, messageLimits)', 'null'),
];

const inStages: readonly Guard[] = [
  off('stages/parse.ts', 'E3', "if (!MEDIA_TYPES.has(door.mediaType ?? ''))"),
  off('stages/parse.ts', 'E1', "if (door.problem === 'no-such-path')"),
  off('stages/parse.ts', 'D9', "if (door.problem === 'coded')"),
  off('stages/parse.ts', 'E2', 'if (!isSecurity(block))'),
  off(
    'stages/route.ts',
    'E1',
    'if (endpoint && (endpoint.service !== name || endpoint.version !== version))',
  ),
  off('stages/route.ts', 'E1', 'if (declared.length > 0 && !declared.includes(operation))'),
  off('stages/validate.ts', 'E8', 'if (violations.length > 0)'),
  off('stages/validate.ts', 'E1', 'if (contradiction)'),
  off('stages/refuse-replay.ts', 'E4', 'if (before !== null)'),
  off('stages/authorise.ts', 'E7', 'if (!maySpeakFor(party, sender))'),
  instead('stages/authorise.ts', 'E7', 'if (!grant) {', 'if (!grant) return { ...message, sender };\n{'),
];

export const guards: readonly Guard[] = [
  ...inXml,
  ...inVerify,
  ...inSignature,
  ...inTrust,
  ...inEncryption,
  ...inStages,
];
