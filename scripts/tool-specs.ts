/** What models are told of Tau's tools, made from the tools themselves: what src/tools/specs.json holds. */
import * as z from "zod";
import type { PastEntry } from "../src/core/history.ts";
import type { Json, JsonSchema } from "../src/core/message.ts";
import type { ToolSpec } from "../src/core/model.ts";
import type { Tool } from "../src/core/tool.ts";
import { ProcessHost } from "../src/tools/process/client.ts";
import { makeRecallTool } from "../src/tools/recall.ts";
import { makeToolset } from "../src/tools/toolset.ts";

/** Those of every session in order, and recall's. No tool is run for it. */
export function toolSpecs(): { toolset: ToolSpec[]; recall: ToolSpec } {
  const tools = makeToolset({
    host: new ProcessHost({
      helperPath: "",
      nodePath: "",
      hostId: "",
      stateDir: "",
      spillDir: "",
      env: {},
      now: () => 0,
    }),
    shell: "",
    environment: {},
    now: () => 0,
    lockPath: "",
    contacted: () => undefined,
    httpHosts: [],
    proxied: () => null,
    seen: [],
  });
  return { toolset: tools.map(specOf), recall: specOf(makeRecallTool({ entries: nothing })) };
}

async function* nothing(): AsyncGenerator<PastEntry> {
  // Nothing was dropped.
}

/** A tool as the model is told of it: its input schema made from the one that checks its calls. */
export function specOf(tool: Tool): ToolSpec {
  return { name: tool.name, description: tool.description, inputSchema: inputSchema(tool) };
}

/** The schema without what only costs tokens: the `$schema` line and the refusal of additional properties. */
function inputSchema(tool: Tool): JsonSchema {
  const { $schema: _, additionalProperties: __, ...schema } = z.toJSONSchema(tool.input, { io: "input" });
  return schema as { [key: string]: Json };
}
