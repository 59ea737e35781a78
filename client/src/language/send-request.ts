/** Sends requests through the client library, which takes every argument that it is given for a parameter. */

/** The part of the library's client that sends. */
interface Sender {
  sendRequest<Result>(method: string, ...more: readonly unknown[]): Promise<Result>;
}

/**
 * Sends a request with only those arguments that there are: an undefined one would be sent as `null`, so that a request without
 * parameters would have one, and one with parameters two.
 */
export function sendRequest<Result>(
  client: Sender,
  method: string,
  params: object | undefined,
  token: object | undefined,
): Promise<Result> {
  const more = [params, token].filter(argument => argument !== undefined);
  return client.sendRequest<Result>(method, ...more);
}
