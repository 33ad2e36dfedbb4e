/** The network of a run: the real one, one that is recorded, or a recording in its place. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { messageOf, TauError } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import type { RecordingHeader } from "../replay/recording.ts";
import { type Fetch, makeFetch } from "./fetch.ts";
import type { ProxyEnvironment } from "./proxy.ts";

/** What the transport is opened with. */
export type TransportOptions = {
  /** For the proxy variables. */
  env: ProxyEnvironment;
  now: Clock;
  /** Told of each host as a request leaves for it. */
  contacted?: (host: string) => void;
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
  /** Values that may not be written to a recording. */
  hide(secrets: readonly string[]): void;
  /** When the run that is being replayed began, Unix ms: the date its prompt spoke of. */
  replayedAt: number | null;
  /** Nothing is left to wait for; connections close by themselves. */
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
  record,
  replay,
  networkTimeoutMs,
}: TransportOptions): Transport {
  const secrets: string[] = [];
  const rest = {
    hide: (values: readonly string[]) => void secrets.push(...values),
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
  const connectMs = networkTimeoutMs ?? defaultConnectMs;
  const fetch = makeFetch({ env, connectMs, ...(contacted && { contacted }) });
  if (record === undefined) return { ...rest, fetch };
  attempt("write", record, () => writeFileSync(record, headerLine(now()), { mode: 0o600 }));
  const sink = (line: string): void => attempt("write", record, () => appendFileSync(record, line));
  const recording = async () => {
    const { recorder } = await import("../replay/recorder.ts");
    return recorder({ fetch, sink, now, secrets: () => secrets });
  };
  return { ...rest, fetch: deferred(recording) };
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
    throw new TauError("config", `cannot ${verb} the recording ${path}: ${messageOf(error)}`);
  }
}
