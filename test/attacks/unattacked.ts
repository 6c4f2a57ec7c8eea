/**
 * Refusals that are no guards of their own: without one the message would be refused by the next check, or there would be
 * nothing to go on with. `source` is in front of the refusal, or is it.
 */
export const unattacked: readonly { readonly file: string; readonly source: string; readonly why: string }[] =
  [
    { file: 'xml/envelope.ts', source: 'if (!payload)', why: 'there is no question' },
    { file: 'wss/place.ts', source: "if (!signature) throw unsigned('no wsse", why: 'there is no signature' },
    { file: 'wss/place.ts', source: "if (!signature) throw unsigned('no ds", why: 'there is no signature' },
    {
      file: 'wss/verify.ts',
      source: "if (profile !== 'strict')",
      why: 'of the answers of sources; test/wss/sign.test.ts',
    },
    {
      file: 'wss/verify.ts',
      source: 'if (!party.profileUntil || at >= party.profileUntil)',
      why: 'takes an operator and time; test/wss/profiles.test.ts, test/e2e/refusals.e2e.test.ts',
    },
    {
      file: 'wss/coverage.ts',
      source: 'if (!candidate || found.length > 1)',
      why: 'no part to digest; of two with one id the id is refused next',
    },
    {
      file: 'wss/proof.ts',
      source: '} catch (cause) {',
      why: 'what has none is refused by its markup; test/wss/refuses-algorithms.test.ts',
    },
    { file: 'wss/signature.ts', source: "if (uri !== '')", why: 'of documents; test/wss/document.test.ts' },
    {
      file: 'wss/signature.ts',
      source: "throw failed('the transforms of a document",
      why: 'of documents; test/wss/document.test.ts',
    },
    {
      file: 'wss/signature.ts',
      source: "?.name !== 'Transforms')",
      why: 'says it better than the next check',
    },
    { file: 'wss/token.ts', source: "throw failed('token is no PKIPath'", why: 'there is no certificate' },
    {
      file: 'wss/timestamp.ts',
      source: 'new Date(moment).toISOString().slice(0, 19) !== seconds)',
      why: 'there is no moment; days that do not exist: test/wss/timestamp.test.ts',
    },
    {
      file: 'wss/encrypted.ts',
      source: 'if (!security || others.length > 0)',
      why: 'there is no key; a second Security is refused by the signature',
    },
    {
      file: 'wss/encrypted.ts',
      source: "if (!is(data, 'EncryptedData', namespaces.xenc))",
      why: 'there is nothing to decrypt',
    },
    { file: 'wss/encrypted.ts', source: 'if (!keyInfo || !references)', why: 'there is no key' },
    {
      file: 'wss/encrypted.ts',
      source: 'if (bytes.length <= IV_BYTES + TAG_BYTES)',
      why: 'there is nothing to decrypt',
    },
    {
      file: 'wss/encrypted.ts',
      source: 'if (!number || ',
      why: 'there is no certificate',
    },
    {
      file: 'wss/encrypted.ts',
      source: "if (!said || !is(said, 'Reference', namespaces.wsse)",
      why: 'a guard where it is called',
    },
    { file: 'wss/decrypt.ts', source: 'if (!pair)', why: 'there is no key' },
    {
      file: 'stages/parse.ts',
      source: "if (door.problem === 'too-large')",
      why: 'the bytes are not there, which is refused next',
    },
    { file: 'stages/route.ts', source: 'if (!target)', why: 'there is no service' },
    {
      file: 'stages/authorise.ts',
      source: 'if (grant.encrypted && recipient === null) {',
      why: 'takes a grant that has answers encrypted; test/journey/encrypts.test.ts',
    },
    {
      file: 'stages/authorise.ts',
      source: 'if (!isCurrent())',
      why: 'takes a database that is away; test/stages/authorise.test.ts',
    },
    {
      file: 'stages/authorise.ts',
      source: 'if (!admits(party.id, remoteAddress))',
      why: 'takes a party that has networks; test/stages/authorise.test.ts, test/e2e/certificates.e2e.test.ts',
    },
    {
      file: 'stages/authorise.ts',
      source: 'if (connection && connection.partyId !== party.id)',
      why: 'takes a connection that has an owner; test/stages/authorise.test.ts',
    },
  ];
