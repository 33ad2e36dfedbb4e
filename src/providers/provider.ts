/** What a provider is: data. Adding one is an entry in registry.ts; only a new dialect needs code. */
import type { Json } from "../core/message.ts";
import type { Dialect } from "../core/model.ts";

/** How a key is presented. */
export type AuthStyle = "x-api-key" | "bearer" | "x-goog-api-key" | "api-key" | "none";

/** Limits on waiting, in ms. */
export type Timeouts = {
  /** From sending a streaming request to its response headers. */
  firstByteMs: number;
  /** Between two events of a stream. Pings and comments are no events: a dead model can sit behind a living proxy. */
  idleMs: number;
  /** The whole of a response that is not streamed. */
  wholeMs: number;
};

/** One provider. */
export type ProviderEntry = {
  /** The part of a model name before the slash. */
  id: string;
  /** For people. */
  name: string;
  dialect: Dialect;
  /** Where the dialect's own paths begin (route.ts); no trailing slash. */
  baseUrl: string;
  /** Environment variables that may hold the key, first found wins; one may present it in another style. */
  keys: readonly { variable: string; auth?: AuthStyle }[];
  /** Environment variables that may replace `baseUrl`, first found wins. */
  baseUrlVariables: readonly string[];
  auth: AuthStyle;
  /** Without a key nothing is asked of it. */
  keyRequired: boolean;
  /** Runs on this machine, so that "not running" is the likeliest reason why it cannot be reached. */
  local: boolean;
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  /** Headers taken from environment variables when they are set. */
  headerVariables: Readonly<Record<string, string>>;
  /** Quirks of a Chat Completions server: an id of the compat table in wire/chat-completions. */
  compat: string;
  /** Top-level request fields of the dialect that Tau has no name for. */
  fields: Readonly<Record<string, Json>>;
  timeouts: Timeouts;
};

/** Waiting for hosted models. Silence for two minutes is no thinking: thoughts are streamed. */
export const hostedTimeouts: Timeouts = { firstByteMs: 120_000, idleMs: 120_000, wholeMs: 600_000 };

/** Waiting for models that think without a word on the wire for minutes. */
export const silentThinkerTimeouts: Timeouts = { firstByteMs: 120_000, idleMs: 300_000, wholeMs: 900_000 };

/** Waiting for a machine of one's own, which may first have to load the model and read a long prompt. */
export const localTimeouts: Timeouts = { firstByteMs: 600_000, idleMs: 600_000, wholeMs: 1_800_000 };
