/** Stands in for the network with what was recorded, and says clearly when the run asks something else. */
import { TauError } from "../../core/errors.ts";
import type { Json } from "../../core/message.ts";
import { abortError, NetworkFailure } from "../transport/failure.ts";
import type { Fetch, FetchResponse } from "../transport/fetch.ts";
import { type Divergence, divergence, excerpts } from "./divergence.ts";
import type { Exchange } from "./recording.ts";

/**
 * A fetch that answers from a recording, at once. Requests that ran beside each other may come in another order;
 * each takes the first exchange of its kind that is left.
 * @throws TauError `failure` from the fetch, when nothing recorded fits: it names the exchange and the first difference
 */
export function replayer(exchanges: readonly Exchange[]): Fetch {
  const left = [...exchanges];
  let count = 0;

  return async (url, init) => {
    count++;
    if (init.signal.aborted) throw abortError();
    const asked = { method: init.method, url: pathOf(url), body: bodyOf(init.body) };
    const index = left.findIndex((exchange) => differenceOf(exchange, asked) === null);
    const [exchange] = index === -1 ? [] : left.splice(index, 1);
    if (exchange === undefined) throw diverged(left[0], asked, count, exchanges.length);
    if (exchange.response === null) throw failureOf(exchange.failure);
    return responseOf(exchange.response, exchange.failure, init.signal);
  };
}

type Asked = { method: string; url: string; body: Json };

/** The host may be another (a base URL for tests); what is asked must be the same. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function bodyOf(body: string | undefined): Json {
  return body === undefined ? null : JSON.parse(body);
}

function differenceOf({ request }: Exchange, asked: Asked): Divergence | null {
  if (request.method !== asked.method) {
    return { path: "the method", recorded: request.method, now: asked.method };
  }
  const path = pathOf(request.url);
  if (path !== asked.url) return { path: "the URL's path", recorded: path, now: asked.url };
  return divergence(request.body, asked.body);
}

function diverged(next: Exchange | undefined, asked: Asked, count: number, total: number): TauError {
  const difference = next === undefined ? null : differenceOf(next, asked);
  if (next === undefined || difference === null) {
    return new TauError(
      "failure",
      `the replay left the recording: it has ${total} exchanges and the run asks for number ${count}`,
      "record the run again",
    );
  }
  const { recorded, now } = excerpts(difference);
  return new TauError(
    "failure",
    `the replay left the recording at exchange ${next.n}: ${difference.path} was ${recorded} and is ${now}`,
    "replay with the task, files and settings of the recording, or record the run again",
  );
}

function failureOf(failure: Exchange["failure"]): Error {
  if (failure?.code === "AbortError") return abortError();
  return new NetworkFailure(failure?.code ?? "EUNKNOWN", failure?.message ?? "the exchange failed");
}

function responseOf(
  { status, headers, chunks }: NonNullable<Exchange["response"]>,
  failure: Exchange["failure"],
  signal: AbortSignal,
): FetchResponse {
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      if (signal.aborted) throw abortError();
      yield "text" in chunk ? Buffer.from(chunk.text) : Buffer.from(chunk.base64, "base64");
    }
    if (failure !== null) throw failureOf(failure);
  }
  return { status, headers, body: body(), release: () => undefined };
}
