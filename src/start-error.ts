/** A start that cannot go on, in words for an operator: what, where, how to mend it. */
export class StartError extends Error {}
