/** The file format of a recorded run; docs/record-replay.md describes it for people. */
import * as z from "zod";
import { TauError } from "../../core/errors.ts";

/** A piece of a response body: ms since the request was sent, and bytes as text where they are valid UTF-8. */
const chunk = z.union([
  z.strictObject({ ms: z.number(), text: z.string() }),
  z.strictObject({ ms: z.number(), base64: z.base64() }),
]);

const exchange = z.strictObject({
  type: z.literal("exchange"),
  /** Order of sending, from 1; lines stand in the order in which exchanges ended. */
  n: z.int().positive(),
  request: z.strictObject({
    method: z.string(),
    /** Without credentials. */
    url: z.string(),
    /** Parsed when it is JSON. */
    body: z.json(),
  }),
  /** Null when there was none. */
  response: z
    .strictObject({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      chunks: z.array(chunk),
    })
    .nullable(),
  /** How the network failed, before or after the response began; null when it did not. */
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});

const header = z.strictObject({
  type: z.literal("recording"),
  v: z.literal(1),
  /** When the run began, Unix ms. A replay that puts the date into its prompt must use this one. */
  at: z.number(),
});

/** The first line. */
export type RecordingHeader = z.infer<typeof header>;
/** Every other line. */
export type Exchange = z.infer<typeof exchange>;
/** A whole recording, exchanges in the order they were sent. */
export type Recording = { header: RecordingHeader; exchanges: Exchange[] };

/**
 * Reads a recording. A last line that was cut off (the process died) is left out.
 * @throws TauError `config` naming the line that is wrong
 */
export function parseRecording(text: string, path: string): Recording {
  const lines = text.split("\n");
  // What follows the last newline was not written to its end.
  lines.pop();
  const [first = "", ...rest] = lines;
  const exchanges = rest.map((line, index) => parseLine(exchange, line, `${path}:${index + 2}`));
  return {
    header: parseLine(header, first, `${path}:1`),
    exchanges: exchanges.sort((a, b) => a.n - b.n),
  };
}

function parseLine<T>(schema: z.ZodType<T>, line: string, at: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new TauError(
    "config",
    `${at} is not a line of a recording: ${z.prettifyError(result.error)}`,
    "tau exec --record FILE makes one",
  );
}
