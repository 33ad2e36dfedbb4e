/** Servers' tools as the model is offered them. */
import * as z from "zod";
import type { Json } from "../../core/message.ts";
import type { ToolSpec } from "../../core/model.ts";
import { defineTool, type OfferedTool, type Tool } from "../../core/tool.ts";
import { resultOf } from "./answer.ts";
import type { ServerTool } from "./connection.ts";
import { toolNames } from "./names.ts";
import { portableSchema } from "./schema.ts";
import type { Server } from "./server.ts";

/** Characters of a tool's description; some servers send a manual with every request. */
export const descriptionChars = 2_000;
/** Lines of progress and log that one call shows. */
const liveLines = 500;

/** The tools of a server that its entry lets through, as its entry's `tools` names them. */
export function chosenTools(server: Server): readonly ServerTool[] {
  const { tools: patterns } = server.entry.written;
  const tools = server.offers?.tools ?? [];
  if (patterns === undefined) return tools;
  const wanted = patterns.map(
    (pattern) => new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "s"),
  );
  return tools.filter(({ name }) => wanted.some((one) => one.test(name)));
}

const escaped = (text: string): string => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");

/** A server's tools as specs, with the tool behind each. */
export function specsOf(server: Server, key: string): { spec: ToolSpec; tool: ServerTool }[] {
  const tools = chosenTools(server);
  const names = toolNames(
    key,
    tools.map(({ name }) => name),
  );
  return tools.map((tool) => ({
    tool,
    spec: {
      name: names.get(tool.name) ?? tool.name,
      description:
        tool.description.length > descriptionChars
          ? `${tool.description.slice(0, descriptionChars)}…`
          : tool.description,
      inputSchema: portableSchema(tool.inputSchema),
    },
  }));
}

/** One tool, as the loop drives it. `folder` is where what does not fit into an answer is kept. */
export function offeredTool(server: Server, spec: ToolSpec, tool: ServerTool, folder: string): OfferedTool {
  let made: Promise<Tool> | null = null;
  return { spec, load: () => (made ??= Promise.resolve(toolOf(server, spec, tool, folder))) };
}

function toolOf(server: Server, spec: ToolSpec, tool: ServerTool, folder: string): Tool {
  const { name: serverName } = server.entry;
  return defineTool<{ [key: string]: Json }>({
    name: spec.name,
    description: spec.description,
    // The server checks it against its own schema; what is sent is an object in any case.
    input: z.record(z.string(), z.json()),
    // The server's word that a tool only reads is a hint: it is asked about like any other, but also in plan mode.
    access: tool.readOnlyHint ? "network" : "execute",
    intent: (input) => ({ summary: summaryOf(serverName, tool.name, input), paths: [] }),
    async run(input, { callId, signal, emit }) {
      let lines = 0;
      const progress = (text: string): void => {
        lines += 1;
        if (lines <= liveLines) emit({ type: "text", text: `${text.slice(0, 2_000)}\n` });
      };
      const answer = await server.call(tool.name, input, { signal, progress });
      const name = `mcp-${callId.replace(/[^\w-]/g, "_").slice(0, 80)}`;
      return resultOf(answer, { folder, name });
    },
  });
}

/** Characters of a call's arguments in its one line. */
const summaryChars = 160;

function summaryOf(server: string, tool: string, input: { [key: string]: Json }): string {
  const words = Object.entries(input).map(
    ([key, value]) =>
      `${key}: ${typeof value === "string" ? value.split("\n", 1)[0] : JSON.stringify(value)}`,
  );
  const text = `${server} ${tool}${words.length > 0 ? ` (${words.join(", ")})` : ""}`;
  return text.length > summaryChars ? `${text.slice(0, summaryChars)}…` : text;
}
