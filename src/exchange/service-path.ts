/** The endpoint of one service and version, as MAGDA's clients have it configured. */
export const endpointPath = (name: string, version: string) => `/${name}Dienst-${version}/soap/WebService`;

/** Service and version that the first part of such a path names (`GeefPersoonDienst-02.02`); null when it has no such form. */
export function readEndpoint(part: string): { readonly service: string; readonly version: string } | null {
  const match = /^(.+)Dienst-(\d\d\.\d\d)$/.exec(part);
  return match?.[1] && match[2] ? { service: match[1], version: match[2] } : null;
}
