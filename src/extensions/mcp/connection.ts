/** What a connected server is to Tau. connect.ts makes one over the SDK; nothing here loads it. */

import type { JsonSchema } from "../../core/message.ts";
import type { Fetch } from "../../providers/transport/fetch.ts";
import type { Dialogue, DialogueListener } from "../../tools/process/client.ts";

/** A tool as its server tells of it. */
export type ServerTool = {
  name: string;
  description: string;
  inputSchema: JsonSchema;
  /** The server's own word that the tool changes nothing: a hint, never a permission. */
  readOnlyHint: boolean;
};

/** A resource as its server tells of it. */
export type ServerResource = {
  uri: string;
  /** For people: its title, or the name it goes by. */
  name: string;
  description: string;
  mimeType: string | null;
};

/** A prompt as its server tells of it. */
export type ServerPrompt = {
  name: string;
  description: string;
  arguments: { name: string; description: string; required: boolean }[];
};

/** What a server has to offer, by kind. */
export type Offers = {
  tools: readonly ServerTool[];
  resources: readonly ServerResource[];
  prompts: readonly ServerPrompt[];
};

/** Everything it has was read, or only some: a short run ends before its resources and prompts are known. */
export type KnownOffers = { offers: Offers; whole: boolean };

/** A piece of what a server answers. */
export type ServerContent =
  | { type: "text"; text: string }
  /** Base64. */
  | { type: "image" | "audio"; data: string; mimeType: string }
  /** A resource's content: text, or base64. */
  | { type: "resource"; uri: string; mimeType: string | null; text: string | null; blob: string | null }
  | { type: "link"; uri: string; name: string; description: string };

/** What a tool call came to. */
export type CallAnswer = {
  content: ServerContent[];
  /** JSON beside or instead of the content; what it is to look like was not checked. */
  structured: string | null;
  isError: boolean;
};

/** What a call is made with. */
export type CallOptions = {
  signal: AbortSignal;
  /** Without a sign of life, ms. */
  timeoutMs: number;
  /** Hears of progress. */
  progress(text: string): void;
};

/** What is read with: as {@link CallOptions}, without progress. */
export type AskOptions = Omit<CallOptions, "progress">;

/** A message of a prompt. */
export type PromptMessage = { role: "user" | "assistant"; content: ServerContent };

/** A server that has answered. Methods reject with an error whose message is for people. */
export type Connection = {
  /** As it calls itself. */
  name: string;
  version: string;
  /** What it says of its own use; empty where it says nothing. */
  instructions: string;
  /** All of them, and how many could not be understood. */
  tools(): Promise<{ tools: ServerTool[]; unusable: number }>;
  call(name: string, input: { [key: string]: unknown }, options: CallOptions): Promise<CallAnswer>;
  /** None where it has none; templates are not among them, for they name nothing that could be read. */
  resources(): Promise<ServerResource[]>;
  read(uri: string, options: AskOptions): Promise<ServerContent[]>;
  /** None where it has none. */
  prompts(): Promise<ServerPrompt[]>;
  prompt(name: string, input: { [key: string]: string }, options: AskOptions): Promise<PromptMessage[]>;
  /** Says goodbye; what is still running is not waited for. */
  close(): Promise<void>;
};

/** The way to a server. */
export type Link =
  | { kind: "stdio"; talk(listener: DialogueListener): Dialogue }
  | { kind: "http" | "sse"; url: URL; headers: { readonly [name: string]: string }; fetch: Fetch };

/** What a connection tells while it stands. */
export type ConnectionListener = {
  /** It is gone, and why, in words for people; told once, and not after `close`. */
  closed(why: string): void;
  /** It has others of a kind than it told of. */
  changed(kind: keyof Offers): void;
  /** It wrote to its stderr, or what was no message to its stdout. */
  muttered(text: string): void;
  /** It told something of its work. */
  logged(level: string, text: string): void;
};

/** What a connection is made with. */
export type ConnectOptions = {
  link: Link;
  /** How Tau calls itself. */
  version: string;
  /** The project's root folder, told to servers that ask. */
  root: string;
  /** Until it has answered the first request, ms. */
  timeoutMs: number;
  signal: AbortSignal;
};

/** Why there is no connection: what happened, and the HTTP status where there was one. */
export type ConnectFailure = { failed: true; message: string; status: number | null };
