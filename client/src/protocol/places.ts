/** Places in files, and the request for the place of a generator. */
/** A range in a file, with positions as in the protocol. */
export interface Where {
  readonly uri: string;
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
}

/** Request: the declaration of a generator. Answered with a {@link Where} or `null`. */
export const placeRequest = 'varsmith/place';

export interface PlaceParams {
  readonly root: string;
  readonly generator: string;
}
