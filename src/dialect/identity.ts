/** What whoever asks goes by: a party, or the bus itself at a source. Which of it counts is the dialect's. */
export type Names = {
  readonly uri: string;
  readonly hoedanigheid: string | null;
  /** Enterprise number, or `sector/institution` in the network of the social security; null when not known. */
  readonly organisation: string | null;
  readonly legalContext: string | null;
};
