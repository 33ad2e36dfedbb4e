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
import { openSegment, segmentWithTools } from "../agent/segment.ts";
import type { Session } from "../agent/session.ts";
import type { FixedPrefix } from "../agent/window.ts";
import type { DurableEvent } from "../core/event.ts";
import type { Effort } from "../core/model.ts";
import type { OfferedTool } from "../core/tool.ts";
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
  /**
   * Offers these tools of servers from now on, in place of those it offered. A prompt that nothing was asked with yet
   * is made anew with them; behind one that was, a segment begins, and the prompt cache with it.
   * @returns whether the model is told of anything else by it
   */
  invite(guests: readonly OfferedTool[]): boolean;
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
  guests: readonly OfferedTool[],
): Promise<Standing> {
  const { options, paths, root, transport } = parts;
  const { toolbox, recall } = workshop.stock(past, guests);
  const begin = () =>
    openSegment(
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
  let segment = begin();
  const fixed = (): FixedPrefix => ({ system: segment.system, files: segment.files, tools: toolbox.specs });
  const run: Standing["run"] = {
    toolbox,
    recall,
    queue: new InputQueue(session, redaction),
    lineup: new Lineup(await seatOf(parts, targets, fixed()), effort),
    prefix: new PrefixTracker(),
    cacheWatch: new CacheWatch((value) => redaction.data("a quotation of the prompt", value)),
    system: segment.system,
  };
  const standing: Standing = {
    run,
    fixed,
    events: segment.events,
    invite(next) {
      if (!toolbox.invite(next)) return false;
      if (session.lastMode === null || standing.events.length > 0) {
        segment = begin();
        run.system = segment.system;
        standing.events = segment.events;
      } else standing.events.push(segmentWithTools({ session, toolbox, system: run.system }));
      run.lineup.window.begin(fixed());
      return true;
    },
  };
  return standing;
}
