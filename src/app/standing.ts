/**
 * All of a session that follows from its path: made when it is opened, and made anew when the conversation goes to
 * another point, so that nothing of the path that was left stays behind.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CacheWatch } from "../agent/cache-watch.ts";
import { Lineup } from "../agent/lineup.ts";
import { PrefixTracker } from "../agent/prefix.ts";
import { InputQueue } from "../agent/queue.ts";
import type { Redaction } from "../agent/redaction.ts";
import type { AgentRun, Target } from "../agent/run.ts";
import { openSegment } from "../agent/segment.ts";
import type { Session } from "../agent/session.ts";
import type { FixedPrefix } from "../agent/window.ts";
import type { DurableEvent } from "../core/event.ts";
import type { Effort } from "../core/model.ts";
import { dayOf } from "../meter/calendar.ts";
import type { Past } from "./history.ts";
import { seatOf } from "./models.ts";
import type { Parts } from "./parts.ts";
import type { Workshop } from "./workshop.ts";

/** The parts of a run that follow from the path. */
export type Standing = {
  run: Pick<AgentRun, "toolbox" | "recall" | "queue" | "lineup" | "prefix" | "cacheWatch" | "system">;
  /** What every request begins with. */
  fixed(): FixedPrefix;
  /** What the next work records first: the segment, where the path has none to go on with. */
  events: DurableEvent[];
};

/** What it stands on. */
export type Ground = {
  parts: Parts;
  session: Session;
  workshop: Pick<Workshop, "stock">;
  redaction: Redaction;
  /** Unix ms of the session's opening. */
  at: number;
};

/** The models a session calls, and how hard they are to think. */
export type Chosen = { targets: readonly [Target, ...Target[]]; effort: Effort | null };

/** Stands on the path that `session` has folded; `past` is what it holds for tools. */
export async function standOn(
  { parts, session, workshop, redaction, at }: Ground,
  past: Past,
  { targets, effort }: Chosen,
): Promise<Standing> {
  const { options, paths, root, transport } = parts;
  const { toolbox, recall } = workshop.stock(past);
  const segment = openSegment(
    session,
    toolbox,
    {
      cwd: options.cwd,
      root,
      platform: options.platform,
      date: dayOf(transport.replayedAt ?? at, options.utcOffset),
      isGitRepository: existsSync(join(root, ".git")),
    },
    paths.config,
    parts.settings.settings.contextFileBytes,
    redaction,
  );
  const fixed = (): FixedPrefix => ({ system: segment.system, files: segment.files, tools: toolbox.specs });
  return {
    run: {
      toolbox,
      recall,
      queue: new InputQueue(session, redaction),
      lineup: new Lineup(await seatOf(parts, targets, fixed()), effort),
      prefix: new PrefixTracker(),
      cacheWatch: new CacheWatch((value) => redaction.data("a quotation of the prompt", value)),
      system: segment.system,
    },
    fixed,
    events: segment.events,
  };
}
