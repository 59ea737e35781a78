/** Requests about Nix: asking it about the open fleets, and an account of where it disagrees. */
/** Request: asks Nix about every open folder with a flake and joins the answers. A cancellation stops Nix. */
export const askNixRequest = 'varsmith/askNix';

export interface AskNixParams {
  /** True in a trusted workspace, the only kind that Nix is started in. */
  readonly trusted: boolean;
}

/** The result for one folder. */
export interface NixOutcome {
  /** URI of the root. */
  readonly root: string;
  /** `null` if Nix was not asked. */
  readonly answer: NixAnswered | null;
  /** A sentence with the reason why it was not asked; `null` if it was. */
  readonly reason: string | null;
}

export interface NixAnswered {
  /** The version of Nix: `2.26.3`. */
  readonly version: string;
  /** The number of machines that Nix was asked about. */
  readonly machines: number;
  /** Names of machines that do not evaluate, or only in part. */
  readonly failed: readonly string[];
  /** Nix's message if the flake as a whole does not evaluate. */
  readonly failure: string | null;
  readonly milliseconds: number;
}

/** Request: where Nix and Varsmith disagree about a fleet, without names and values of it. */
export const disagreementRequest = 'varsmith/disagreement';

/** Markdown, and the number of facts. `null` if Nix was not asked. */
export interface Disagreement {
  readonly markdown: string;
  readonly facts: number;
}
