/** Writes down every exchange with a provider, so that a run can be replayed without one. */
import { isUtf8 } from "node:buffer";
import { messageOf } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import type { Json } from "../../core/message.ts";
import { NetworkFailure } from "../transport/failure.ts";
import type { Fetch, FetchResponse } from "../transport/fetch.ts";
import type { Exchange } from "./recording.ts";

/** What a recorder needs. */
export type RecorderParts = {
  fetch: Fetch;
  /** Takes one line, newline included. */
  sink(line: string): void;
  now: Clock;
  /** Takes known credential values out of a text, JSON included. */
  redact(text: string): string;
};

/** Response headers a codec or a retry decision may look at; all others stay out. */
const keptHeader =
  /^(content-type|content-encoding|date|location|retry-after(-ms)?|(x-)?request-id|(anthropic|x)-?ratelimit-.*)$/;

/** A fetch that also records: an exchange's line is written when it has ended. The header line is not its part. */
export function recorder({ fetch, sink, now, redact }: RecorderParts): Fetch {
  const write = (line: Exchange): void => sink(`${redact(JSON.stringify(line))}\n`);
  let count = 0;

  return async (url, init) => {
    const started = now();
    const exchange: Exchange = {
      type: "exchange",
      n: ++count,
      request: { method: init.method, url: withoutKey(url), body: parsedBody(init.body) },
      response: null,
      failure: null,
    };
    let response: FetchResponse;
    try {
      response = await fetch(url, init);
    } catch (error) {
      write({ ...exchange, failure: failureOf(error) });
      throw error;
    }
    const { "content-encoding": _, ...headers } = kept(response.headers);
    const recorded = { status: response.status, headers, chunks: [] as ChunkList };
    let written = false;
    const finish = (failure: Exchange["failure"]): void => {
      if (!written) write({ ...exchange, response: recorded, failure });
      written = true;
    };
    return {
      ...response,
      body: recordedBody(response.body, recorded.chunks, () => now() - started, finish),
      release: () => {
        finish(null);
        response.release();
      },
    };
  };
}

type ChunkList = NonNullable<Exchange["response"]>["chunks"];

async function* recordedBody(
  body: AsyncIterable<Uint8Array>,
  chunks: ChunkList,
  elapsed: () => number,
  finish: (failure: Exchange["failure"]) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body) {
      const buffer = Buffer.from(bytes);
      const ms = elapsed();
      // The socket may cut a character in two; such a piece keeps its bytes.
      chunks.push(
        isUtf8(bytes) ? { ms, text: buffer.toString("utf8") } : { ms, base64: buffer.toString("base64") },
      );
      yield bytes;
    }
    finish(null);
  } catch (error) {
    finish(failureOf(error));
    throw error;
  }
}

function failureOf(error: unknown): { code: string; message: string } {
  const code = error instanceof NetworkFailure ? error.code : error instanceof Error ? error.name : "unknown";
  return { code, message: messageOf(error) };
}

function kept(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => keptHeader.test(name)));
}

/** Gemini's documentation shows the key in the query; a user's base URL may carry credentials too. */
function withoutKey(url: string): string {
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  for (const name of [...parsed.searchParams.keys()]) {
    if (/key|token|secret|sig/i.test(name)) parsed.searchParams.delete(name);
  }
  return parsed.href;
}

function parsedBody(body: string | undefined): Json {
  if (body === undefined) return null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
