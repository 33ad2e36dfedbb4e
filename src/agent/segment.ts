/** A session segment: the stretch over which system prompt and tool list stay the same, so that the cache holds. */
import type { AgentEvent } from "../core/event.ts";
import { readContextFiles } from "./context-files.ts";
import { segmentHash } from "./prefix.ts";
import type { Redaction } from "./redaction.ts";
import type { Session } from "./session.ts";
import { contextFilesOf, systemPrompt, type Workplace } from "./system-prompt.ts";
import type { Toolbox } from "./toolbox.ts";

/** The prompt of a segment. */
export type Segment = {
  system: string;
  /** The part of it that comes from context files. */
  files: string;
  /** Entries committed for it: none when a resumed session goes on with the prompt it had. */
  events: AgentEvent[];
};

/**
 * Begins a segment, or goes on with the one in the ledger when the tools are the same: a resumed session keeps its
 * very prompt, and so its prompt cache, even if files or the date have changed since.
 */
export async function openSegment(
  session: Session,
  toolbox: Toolbox,
  workplace: Workplace,
  userFolder: string,
  contextFileBytes: number | undefined,
  redaction: Redaction,
): Promise<Segment> {
  const { segment } = session.state.state();
  if (segment && segment.prefixHash === segmentHash(segment.system, toolbox.specs)) {
    return { system: segment.system, files: contextFilesOf(segment.system), events: [] };
  }
  const { files, problems } = await readContextFiles(
    userFolder,
    workplace.root,
    workplace.cwd,
    contextFileBytes,
  );
  const place = "the project's instruction files";
  const system = systemPrompt(workplace, redaction.data(place, files));
  const events = await session.commit(
    {
      type: "segment.started",
      system,
      tools: toolbox.specs.map((tool) => tool.name),
      prefixHash: segmentHash(system, toolbox.specs),
      files: files.map(({ path, bytes, truncated }) => ({ path, bytes, truncated })),
    },
    ...problems.map((text) => ({
      type: "note" as const,
      level: "warning" as const,
      code: "context_file",
      text,
    })),
    ...redaction.notes(),
  );
  return { system, files: contextFilesOf(system), events };
}
