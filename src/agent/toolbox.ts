/** The tools of a session segment: a fixed, ordered list, and how a call is matched against it. */
import * as z from "zod";
import { messageOf } from "../core/errors.ts";
import type { Json, JsonSchema, ToolCallPart } from "../core/message.ts";
import type { ToolSpec } from "../core/model.ts";
import type { Access, Tool, ToolIntent } from "../core/tool.ts";

/** A call that may run: its tool, its parsed input and what it wants to touch. */
export type PreparedCall = {
  call: ToolCallPart;
  tool: Tool;
  input: unknown;
  intent: ToolIntent;
  /** What the call does to the world, for order and record: a read that changes something counts as `execute`. */
  effect: Access;
};

/** A call that must not run, and what the model is told instead. */
export type InvalidCall = { call: ToolCallPart; problem: string };

/** Tools by name, and as the model is told of them. */
export class Toolbox {
  readonly #tools = new Map<string, Tool>();
  #specs: readonly ToolSpec[];

  constructor(tools: readonly Tool[]) {
    for (const tool of tools) this.#tools.set(tool.name, tool);
    this.#specs = tools.map(specOf);
  }

  /** In the order given; the same list for a whole segment. */
  get specs(): readonly ToolSpec[] {
    return this.#specs;
  }

  /** Adds a tool at the end, for the segment that begins now. */
  add(tool: Tool): void {
    this.#tools.set(tool.name, tool);
    this.#specs = [...this.#specs, specOf(tool)];
  }

  /** The tool of that name, if it is offered. */
  get(name: string): Tool | undefined {
    return this.#tools.get(name);
  }

  /**
   * Matches a call to its tool. A call runs only if its JSON closed by itself and fits the schema; a cut-off one is
   * told to the model, never repaired into an action.
   */
  prepare(call: ToolCallPart, cwd: string): PreparedCall | InvalidCall {
    const tool = this.#tools.get(call.name);
    if (!tool) {
      return {
        call,
        problem: `There is no tool named ${JSON.stringify(call.name)}. Tools: ${[...this.#tools.keys()].join(", ")}.`,
      };
    }
    if (call.malformed !== undefined) {
      return {
        call,
        problem: `The arguments of this call are not complete JSON (${call.malformed.length} characters arrived), so it was not run. Call again with complete arguments; if they are long, split the work into smaller calls.`,
      };
    }
    const parsed = tool.input.safeParse(call.input);
    if (!parsed.success) {
      return {
        call,
        problem: `The arguments do not fit the tool, so it was not run:\n${z.prettifyError(parsed.error)}`,
      };
    }
    try {
      const intent = tool.intent(parsed.data, cwd);
      return {
        call,
        tool,
        input: parsed.data,
        intent,
        effect: intent.mutates ? "execute" : tool.access,
      };
    } catch (error) {
      // What a call would touch cannot be judged or ordered when it cannot be told.
      return { call, problem: `The call cannot be understood, so it was not run: ${messageOf(error)}` };
    }
  }
}

/** A tool as the model is told of it. */
export function specOf(tool: Tool): ToolSpec {
  return { name: tool.name, description: tool.description, inputSchema: inputSchema(tool) };
}

/** The schema without what only costs tokens: the `$schema` line and the refusal of additional properties. */
function inputSchema(tool: Tool): JsonSchema {
  const { $schema: _, additionalProperties: __, ...schema } = z.toJSONSchema(tool.input, { io: "input" });
  return schema as { [key: string]: Json };
}
