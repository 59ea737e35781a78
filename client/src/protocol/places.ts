/** Places in files, and the request for the place of a generator. */
/** Where something is written: a file's URI and the range in it, counted as the protocol does. */
export interface Where {
  readonly uri: string;
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
}

/** Request: where a generator is declared. Answered with a {@link Where}, or null. */
export const placeRequest = 'varsmith/place';

export interface PlaceParams {
  readonly root: string;
  readonly generator: string;
}
