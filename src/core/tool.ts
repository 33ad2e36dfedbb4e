/** What a tool is: the interface that tools/ and extensions/ implement and agent/ drives. */
import type { z } from "zod";
import type { ImagePart, Json, TextPart } from "./message.ts";
import type { ToolSpec } from "./model.ts";

/** What a tool does to the world; policy decides by it, and the loop starts `read` calls early. */
export type Access = "read" | "edit" | "execute" | "network";

/** What people see of a tool's work. Front ends render these and never look inside a tool. */
export type Display =
  | { type: "text"; text: string }
  /** A unified diff of one file, with paths relative to the project where possible. */
  | { type: "diff"; path: string; patch: string; added: number; removed: number }
  | { type: "terminal"; command: string; output: string; exitCode: number | null; durationMs: number }
  | { type: "table"; columns: string[]; rows: string[][] }
  | { type: "todo"; items: { text: string; status: "pending" | "in_progress" | "done" }[] };

/**
 * What a call came to, for machines; a tool adds keys of its own. `bytes` and `truncated` are known of every call: where
 * a tool does not say, its output is what the model saw, whole.
 */
export type ToolFacts = {
  /** Of a command; null when it did not end by itself. */
  exitCode?: number | null;
  /** Size of the whole output, before anything was cut from it. */
  bytes?: number;
  /** Whether the model saw less than the whole output. */
  truncated?: boolean;
  /** Where the whole output is, when it is not all in `output`. */
  savedPath?: string | null;
  [key: string]: Json;
};

/** A tool's answer to its three audiences. */
export type ToolResult = {
  /** For the model. */
  output: string | (TextPart | ImagePart)[];
  /** For the model, about the output (what was cut, where the rest is, what to do next). */
  note?: string;
  /** For people. */
  display: Display[];
  /** The call did not do what was asked. */
  isError?: true;
  /** Facts worth keeping in the ledger beyond what the model saw. */
  facts?: ToolFacts;
};

/** What a call wants to touch, for policy, ordering and approval. Computed from the input, without side effects. */
export type ToolIntent = {
  /** One line for people: `edit src/a.ts`, `npm test`. */
  summary: string;
  /** Absolute paths the call reads or changes. Calls that change the same path run one after another. */
  paths: string[];
  /** The shell command, for `execute`. */
  command?: string;
  /** The URL, for `network`. */
  url?: string;
  /**
   * This call changes something although its tool's access is `read`: policy lets it through as a read, but it waits
   * for the whole message, runs alone and is recorded as a call with effects.
   */
  mutates?: true;
};

/** What a running tool is given. */
export type ToolContext = {
  callId: string;
  /** Absolute; relative paths of inputs resolve against it. */
  cwd: string;
  /** Fires on interrupt, timeout of the run, or exit; the tool must stop its work and reject or return soon after. */
  signal: AbortSignal;
  /** Live output for front ends; not recorded. */
  emit(output: ToolOutput): void;
};

/** A piece of live output. */
export type ToolOutput =
  | { type: "text"; text: string }
  /** Milliseconds until the tool's own timeout. */
  | { type: "countdown"; remainingMs: number };

/** A tool with a typed input. */
export type ToolDefinition<Input> = {
  /** As the model calls it: `^[a-z][a-z0-9_]*$`. */
  name: string;
  /** For the model; states every limit from the constant that enforces it. */
  description: string;
  input: z.ZodType<Input>;
  access: Access;
  intent(input: Input, cwd: string): ToolIntent;
  /**
   * What the call would change, for a person who is asked to allow it. Changes nothing. Rejects when it cannot be told,
   * as for a call that would fail. A tool without it is shown by its command, URL or input.
   */
  preview?(input: Input, cwd: string): Promise<Display[]>;
  run(input: Input, context: ToolContext): Promise<ToolResult>;
};

/** A tool with its input type forgotten; `input` has passed its schema before `intent` or `run` is called. */
export type Tool = ToolDefinition<unknown>;

/**
 * A tool as it is offered to a model: plain data, for every request needs it, and the way to the tool itself. What a
 * tool does, and the schema library that checks its input, are loaded at its first call: most runs call few tools.
 */
export type OfferedTool = {
  spec: ToolSpec;
  /** The same tool each time. */
  load(): Promise<Tool>;
};

/** Declares a tool; the returned value parses before it acts, so the types hold at run time. */
export function defineTool<Input>(definition: ToolDefinition<Input>): Tool {
  const { preview } = definition;
  return {
    ...definition,
    input: definition.input as z.ZodType<unknown>,
    intent: (input, cwd) => definition.intent(input as Input, cwd),
    ...(preview && { preview: (input, cwd) => preview(input as Input, cwd) }),
    run: (input, context) => definition.run(input as Input, context),
  };
}
