/**
 * What a fake upstream answers, independent of any dialect. Written from the vendors' documentation and from
 * recorded traffic, and sharing no code with src/wire, so that it can judge the codecs.
 */

/** Token counts as a vendor means them; `input` excludes what the cache served or took. */
export type FakeUsage = {
  input: number;
  cached: number;
  /** Written to a cache of five minutes; only Messages and OpenRouter report it. */
  written: number;
  /** Written to a cache of an hour; only Messages reports it. */
  written1h: number;
  output: number;
  /** Part of `output`. */
  reasoning: number;
  /** What OpenRouter says it charged, in dollars; null: it says nothing. */
  charged: number | null;
};

/** One tool call the fake model asks for. */
export type FakeCall = { id: string; name: string; input: unknown };

/** How far a stream comes before it goes wrong: to the end of the text, or of the calls too. */
type Reach = { after?: "text" | "calls" };

/** What can go wrong with a response. */
export type Fault =
  /** An HTTP error before any byte of a stream. */
  | { type: "status"; status: number; headers?: Record<string, string>; body?: unknown }
  /** An error object inside the stream. */
  | ({ type: "error-in-stream" } & Reach)
  /** The body ends without the stream's terminal event. */
  | ({ type: "truncated" } & Reach)
  /**
   * The socket is destroyed in mid-stream, when `once` says so: a reset overtakes bytes that were sent but not read,
   * so only the reader can tell that the stream came so far.
   */
  | ({ type: "reset"; once?: () => boolean } & Reach)
  /** The socket is destroyed before any byte of a response. */
  | { type: "hang-up" }
  /** Nothing more comes, but for transport-level pings. */
  | ({ type: "silence"; pings: boolean } & Reach)
  /** Bytes that are no event stream of anything. */
  | { type: "garbage" };

/** One scripted answer. */
export type FakeAnswer = {
  text?: string;
  /** Splits the text into deltas of so many characters. */
  deltaSize?: number;
  /** Pause between deltas. */
  deltaMs?: number;
  thinking?: string;
  calls?: FakeCall[];
  usage?: Partial<FakeUsage>;
  stop?: "stop" | "calls" | "length";
  /** The model name the answer claims. */
  model?: string;
  fault?: Fault;
};

/** A request as it arrived. */
export type SeenRequest = {
  path: string;
  headers: Record<string, string | undefined>;
  raw: string;
  body: Record<string, unknown>;
  /** performance.now() at the end of the request body. */
  at: number;
};

/** Decides the answer to the nth request (from 0). */
export type Script = (request: SeenRequest, index: number) => FakeAnswer;

/** The counts of an answer, defaults filled in. */
export function usageOf(answer: FakeAnswer): FakeUsage {
  return {
    input: 100,
    cached: 0,
    written: 0,
    written1h: 0,
    output: 20,
    reasoning: 0,
    charged: null,
    ...answer.usage,
  };
}

/** The deltas of an answer's text. */
export function* deltasOf(answer: FakeAnswer): Generator<string> {
  const text = answer.text ?? "";
  const size = answer.deltaSize ?? 16;
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
