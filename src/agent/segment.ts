/** A session segment: the stretch over which system prompt and tool list stay the same, so that the cache holds. */
import type { DurableEvent } from "../core/event.ts";
import { readContextFiles } from "./context-files.ts";
import { segmentHash } from "./prefix.ts";
import type { Redaction } from "./redaction.ts";
import type { AgentRun } from "./run.ts";
import type { Session } from "./session.ts";
import { contextFilesOf, systemPrompt, type Workplace } from "./system-prompt.ts";
import type { Toolbox } from "./toolbox.ts";

/** The prompt of a segment. */
export type Segment = {
  system: string;
  /** The part of it that comes from context files. */
  files: string;
  /** What it is recorded as when it is first used: nothing when a resumed session goes on with the prompt it had. */
  events: DurableEvent[];
};

/**
 * Begins a segment, or goes on with the one in the ledger when the tools are the same: a resumed session keeps its
 * very prompt, and so its prompt cache, even if files or the date have changed since.
 */
export function openSegment(
  session: Session,
  toolbox: Toolbox,
  workplace: Workplace,
  userFolder: string,
  contextFileBytes: number | undefined,
  redaction: Redaction,
): Segment {
  const { segment } = session.state.state();
  if (segment && segment.prefixHash === segmentHash(segment.system, toolbox.specs)) {
    return { system: segment.system, files: contextFilesOf(segment.system), events: [] };
  }
  const { files, problems } = readContextFiles(userFolder, workplace.root, workplace.cwd, contextFileBytes);
  const place = "the project's instruction files";
  const system = systemPrompt(workplace, redaction.data(place, files));
  const events: DurableEvent[] = [
    {
      type: "segment.started",
      system,
      tools: toolbox.specs.map((tool) => tool.name),
      prefixHash: segmentHash(system, toolbox.specs),
      files: files.map(({ path, bytes, truncated }) => ({ path, bytes, truncated })),
    },
    ...problems.map((text): DurableEvent => ({ type: "note", level: "warning", code: "context_file", text })),
    ...redaction.notes(),
  ];
  return { system, files: contextFilesOf(system), events };
}

/** A segment with other tools under the very prompt of the one before: the rest of the prefix is the same. */
export function segmentWithTools({
  session,
  toolbox,
  system,
}: Pick<AgentRun, "session" | "toolbox" | "system">): DurableEvent {
  const { specs } = toolbox;
  return {
    type: "segment.started",
    system,
    tools: specs.map(({ name }) => name),
    prefixHash: segmentHash(system, specs),
    files: session.state.state().segment?.files ?? [],
  };
}

/** The segment a compaction begins: what it is recorded as, and what makes it so. */
export type NextSegment = { event: DurableEvent; begin(): void };

/**
 * A compaction begins a segment that offers recall, under the very prompt of the one before; null when recall is
 * offered already, or never. Its prefix of the conversation is lost anyway, so that is when a tool may come.
 */
export function segmentWithRecall(
  run: Pick<AgentRun, "session" | "toolbox" | "lineup" | "recall" | "system">,
): NextSegment | null {
  const { recall, toolbox, system } = run;
  if (recall === null || toolbox.get(recall.spec.name)) return null;
  const specs = [...toolbox.specs, recall.spec];
  return {
    event: {
      type: "segment.started",
      system,
      tools: specs.map(({ name }) => name),
      prefixHash: segmentHash(system, specs),
      files: run.session.state.state().segment?.files ?? [],
    },
    begin() {
      toolbox.add(recall);
      run.lineup.window.offer(toolbox.specs);
    },
  };
}
