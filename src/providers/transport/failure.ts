/** How the network fails, before it is told in the vocabulary of model errors. */

/** The connection could not be made or broke. `code` is Node's (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`). */
export class NetworkFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NetworkFailure";
    this.code = code;
  }
}

/** What an aborted exchange rejects with, named as the platform names it. */
export function abortError(): Error {
  const error = new Error("aborted");
  error.name = "AbortError";
  return error;
}
