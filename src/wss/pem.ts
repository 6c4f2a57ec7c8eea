const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Every certificate in a text, in PEM (RFC 7468), in its order; what else the text holds is passed over. */
export const pemCertificates = (text: string): readonly string[] => text.match(CERTIFICATE) ?? [];
