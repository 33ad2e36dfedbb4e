/** The network of a run: the real one, one that is recorded, or a recording in its place. */
import { appendFileSync, closeSync, constants, lstatSync, openSync, readFileSync, rmSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { messageOf, systemCode, TauError } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import type { RecordingHeader } from "../replay/recording.ts";
import { type Fetch, makeFetch } from "./fetch.ts";
import { type ProxyEnvironment, proxiedRequest } from "./proxy.ts";

/** What the transport is opened with. */
export type TransportOptions = {
  /** For the proxy variables. */
  env: ProxyEnvironment;
  now: Clock;
  /** Told of each host as a request leaves for it. */
  contacted?: (host: string) => void;
  /** Takes known credential values out of what is recorded. */
  redact(text: string): string;
  /** Write every exchange to this file, which is made anew with mode 0600. */
  record?: string;
  /** Answer from this file and touch no network. */
  replay?: string;
  /** Stands in for the usual limit on connecting, ms. */
  networkTimeoutMs?: number;
};

/** An open transport. */
export type Transport = {
  fetch: Fetch;
  /** What leads a request of a tool through the proxy of its URL; null when it has none. Never replayed. */
  proxied(url: URL): RequestOptions | null;
  /** When the run that is being replayed began, Unix ms: the date its prompt spoke of. */
  replayedAt: number | null;
  /** Closes the recording; connections close by themselves. */
  close(): Promise<void>;
};

const defaultConnectMs = 30_000;

/**
 * Opens it; nothing is connected yet. What only recordings need is loaded at the first request.
 * @throws TauError `config` when a file cannot be written or read; from the fetch, when it is no recording
 */
export function openTransport({
  env,
  now,
  contacted,
  redact,
  record,
  replay,
  networkTimeoutMs,
}: TransportOptions): Transport {
  const connectMs = networkTimeoutMs ?? defaultConnectMs;
  const rest = {
    proxied: (url: URL) => proxiedRequest(url, env, connectMs),
    replayedAt: null,
    close: () => Promise.resolve(),
  };
  if (replay !== undefined) {
    const text = attempt("read", replay, () => readFileSync(replay, "utf8"));
    const fetch = deferred(async () => {
      const { parseRecording } = await import("../replay/recording.ts");
      const { replayer } = await import("../replay/replayer.ts");
      return replayer(parseRecording(text, replay).exchanges);
    });
    return { ...rest, fetch, replayedAt: startOf(text) };
  }
  const fetch = makeFetch({ env, connectMs, ...(contacted && { contacted }) });
  if (record === undefined) return { ...rest, fetch };
  let file: number | null = attempt("write", record, () => openPrivate(record));
  const sink = (line: string): void => {
    const open = file;
    if (open !== null) attempt("write", record, () => appendFileSync(open, line));
  };
  sink(headerLine(now()));
  const recording = async () => {
    const { recorder } = await import("../replay/recorder.ts");
    return recorder({ fetch, sink, now, redact });
  };
  return {
    ...rest,
    fetch: deferred(recording),
    async close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

/**
 * A new file that only its owner can read. One that is there is replaced, not written over: it may be open to others,
 * or held open by them. What is no plain file is left alone: a link would lead the recording to where it points.
 */
function openPrivate(path: string): number {
  const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND } = constants;
  if (isThere(path)) rmSync(path);
  return openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0o600);
}

function isThere(path: string): boolean {
  try {
    if (!lstatSync(path).isFile()) throw new Error("something that is no plain file stands there");
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

function deferred(make: () => Promise<Fetch>): Fetch {
  let made: Promise<Fetch> | undefined;
  return async (url, init) => {
    made ??= make();
    return (await made)(url, init);
  };
}

function headerLine(at: number): string {
  return `${JSON.stringify({ type: "recording", v: 1, at } satisfies RecordingHeader)}\n`;
}

/** When the recorded run began; null when the file does not say, which the first request will complain about. */
function startOf(text: string): number | null {
  const [, at] = /^[^\n]*"at":(\d+)/.exec(text) ?? [];
  return at === undefined ? null : Number(at);
}

function attempt<T>(verb: string, path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new TauError(
      "config",
      `cannot ${verb} the recording ${path}: ${messageOf(error)}`,
      verb === "read"
        ? "tau exec --record FILE makes one"
        : "tau exec --record FILE, in a folder that is there and yours",
    );
  }
}
