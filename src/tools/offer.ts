/**
 * What a session offers of Tau's tools. Each run tells the model of all of them and calls few or none, so they are told
 * of from data (specs.json, which `npm run schemas` makes from the tools), and loaded when the first is called.
 */
import type { DroppedHistory } from "../core/history.ts";
import type { OfferedTool, Tool } from "../core/tool.ts";
import specs from "./specs.json" with { type: "json" };
import type { ToolsetParts } from "./toolset.ts";

/**
 * The tools of one session, in the order the model sees them; what they remember of files is theirs alone.
 * @param disabled names left out
 */
export function offerTools(parts: ToolsetParts, disabled: readonly string[]): OfferedTool[] {
  const loadAll = once(async () => {
    const { makeToolset } = await import("./toolset.ts");
    return new Map(makeToolset(parts).map((tool) => [tool.name, tool]));
  });
  const load = async (name: string): Promise<Tool> => {
    const tool = (await loadAll()).get(name);
    if (!tool) throw new Error(`specs.json offers ${name}, which toolset.ts does not make: npm run schemas`);
    return tool;
  };
  return specs.toolset
    .filter(({ name }) => !disabled.includes(name))
    .map((spec) => ({ spec, load: () => load(spec.name) }));
}

/** The tool that reads what compaction dropped. */
export function offerRecall(history: DroppedHistory): OfferedTool {
  return {
    spec: specs.recall,
    load: once(async () => (await import("./recall.ts")).makeRecallTool(history)),
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => (made ??= make());
}
