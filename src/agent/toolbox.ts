/** The tools of a session segment: a fixed, ordered list, and how a call is matched against it. */
import { messageOf } from "../core/errors.ts";
import type { ToolCallPart } from "../core/message.ts";
import type { ToolSpec } from "../core/model.ts";
import type { Access, OfferedTool, Tool, ToolIntent } from "../core/tool.ts";
import type { ShellLine } from "../policy/shell/line.ts";
import type { ShellReader } from "../tools/shell-reader.ts";

/** A call that may run: its tool, its parsed input and what it wants to touch. */
export type PreparedCall = {
  call: ToolCallPart;
  tool: Tool;
  input: unknown;
  intent: ToolIntent;
  /** Its shell command, read. */
  line?: ShellLine;
  /** What the call does to the world, for order and record: a read that changes something counts as `execute`. */
  effect: Access;
};

/** A call that must not run, and what the model is told instead. */
export type InvalidCall = { call: ToolCallPart; problem: string };

/** Tools by name, and as the model is told of them. */
export class Toolbox {
  readonly #own: readonly OfferedTool[];
  /** Of servers: they come and go, between two requests. */
  #guests: readonly OfferedTool[];
  #late: readonly OfferedTool[] = [];
  #tools = new Map<string, OfferedTool>();
  #specs: readonly ToolSpec[] = [];

  readonly #shell: ShellReader;

  /** @param shell reads the command of a call, which waits for it: no command is judged unread */
  constructor(own: readonly OfferedTool[], guests: readonly OfferedTool[], shell: ShellReader) {
    this.#own = own;
    this.#guests = guests;
    this.#shell = shell;
    this.#settle();
  }

  #settle(): void {
    const all = [...this.#own, ...this.#guests, ...this.#late];
    this.#tools = new Map(all.map((tool) => [tool.spec.name, tool]));
    this.#specs = all.map(({ spec }) => spec);
  }

  /** In the order given; the same list for a whole segment. */
  get specs(): readonly ToolSpec[] {
    return this.#specs;
  }

  /** Adds a tool at the end, for the segment that begins now. */
  add(tool: OfferedTool): void {
    this.#late = [...this.#late, tool];
    this.#settle();
  }

  /** Puts other guests in the place of those there were. Returns whether the model is told of anything else by it. */
  invite(guests: readonly OfferedTool[]): boolean {
    if (guests === this.#guests) return false;
    const before = JSON.stringify(this.#guests.map(({ spec }) => spec));
    this.#guests = guests;
    if (before === JSON.stringify(guests.map(({ spec }) => spec))) return false;
    this.#settle();
    return true;
  }

  /** The tool of that name, if it is offered. */
  get(name: string): OfferedTool | undefined {
    return this.#tools.get(name);
  }

  /**
   * Matches a call to its tool. A call runs only if its JSON closed by itself and fits the schema; a cut-off one is
   * told to the model, never repaired into an action.
   */
  async prepare(call: ToolCallPart, cwd: string): Promise<PreparedCall | InvalidCall> {
    const offered = this.#tools.get(call.name);
    if (!offered) {
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
    const tool = await offered.load();
    const parsed = tool.input.safeParse(call.input);
    if (!parsed.success) {
      const { misfitText } = await import("./misfit.ts");
      return {
        call,
        problem: `The arguments do not fit the tool, so it was not run:\n${misfitText(parsed.error)}`,
      };
    }
    try {
      const intent = tool.intent(parsed.data, cwd);
      const { command } = intent;
      const line = command === undefined ? undefined : (await this.#shell.ready())(command);
      return {
        call,
        tool,
        input: parsed.data,
        intent,
        ...(line !== undefined && { line }),
        effect: intent.mutates ? "execute" : tool.access,
      };
    } catch (error) {
      // What a call would touch cannot be judged or ordered when it cannot be told.
      return { call, problem: `The call cannot be understood, so it was not run: ${messageOf(error)}` };
    }
  }
}
