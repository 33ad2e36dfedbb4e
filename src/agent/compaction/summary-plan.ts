/** What a summary would replace: the one plan behind the preview and the deed. */
import type { EntryId } from "../../core/ids.ts";
import type { Message, Part } from "../../core/message.ts";
import { promptOf } from "../../meter/preflight.ts";
import { summaryText } from "../../sessions/fold-text.ts";
import type { AgentRun } from "../run.ts";
import { type Conversation, cutPoint } from "./plan.ts";
import { composeSummary, type PinnedFacts, summaryTokens } from "./summary.ts";

/** Most models write a summary of about a fifth of what it stands for. */
const expectedShare = 0.2;
/** The least a summary comes to, in tokens. */
const leastExpected = 128;

/** A compaction by summary. */
export type SummaryPlan = {
  /** What the summary replaces, oldest first; an earlier summary may open it. */
  dropped: readonly Message[];
  /** What stays as it is. */
  kept: readonly Message[];
  /** The entry `kept` begins with; null when nothing is kept. */
  keptFrom: EntryId | null;
  /** What goes into the summary whatever a model writes. */
  pinned: PinnedFacts;
  /** Estimated tokens of `dropped` that no summary stands for yet. */
  freshTokens: number;
  /** Estimated tokens of the text a model will write. */
  summaryTokens: number;
  /** Prompt tokens now, as best known. */
  tokensBefore: number;
  /** Estimated prompt tokens with such a summary. */
  tokensAfter: number;
  /** Estimated prompt tokens the plan frees; not above 0 when it is not worth its call. */
  freed: number;
};

/** What planning looks at. */
export type Planning = Pick<AgentRun, "session" | "lineup" | "recall" | "toolbox">;

/** Estimated prompt tokens of the next request. */
export function promptNow({ session, lineup: { window } }: Planning): number {
  return promptOf(window.breakdown(session.state.state(), 0));
}

/** The conversation as plans see it. */
export function conversationOf({ session, lineup: { window } }: Planning): Conversation {
  const messages = session.state.messages();
  const last = session.said.at(-1);
  const asked = messages.findLastIndex(({ parts }) => parts === last);
  return { messages, asked, window: window.size, tokens: window.tokensOf };
}

/** Plans a summary of all but the recent end of the conversation; null when nothing stands before that. */
export function planSummary(run: Planning): SummaryPlan | null {
  const {
    session,
    lineup: { window },
    recall,
    toolbox,
  } = run;
  const conversation = conversationOf(run);
  const { messages, tokens } = conversation;
  const cut = cutPoint(conversation);
  if (cut === 0) return null;
  const dropped = messages.slice(0, cut);
  const kept = messages.slice(cut);
  const verbatim = new Set<readonly Part[]>(kept.map(({ parts }) => parts));
  const pinned: PinnedFacts = {
    said: session.said.filter((parts) => !verbatim.has(parts)),
    ...session.touched.lists(),
    recallable: recall !== null,
  };
  const hasSummary = session.state.entryOf(0) === null;
  const sum = (list: readonly Message[]): number => list.reduce((all, message) => all + tokens(message), 0);
  const expected = Math.ceil(
    Math.min(summaryTokens(window.room), Math.max(leastExpected, sum(dropped) * expectedShare)),
  );
  const opening = openingOf(composeSummary("", pinned, window.room));
  const more = recall !== null && !toolbox.get(recall.spec.name) ? window.tokensOfTool(recall.spec) : 0;
  const tokensAfter = window.promptOf([opening, ...kept]) + expected + more;
  return {
    dropped,
    kept,
    keptFrom: cut < messages.length ? session.state.entryOf(cut) : null,
    pinned,
    freshTokens: sum(hasSummary ? dropped.slice(1) : dropped),
    summaryTokens: expected,
    tokensBefore: promptNow(run),
    tokensAfter,
    freed: window.promptOf(messages) - tokensAfter,
  };
}

/** The message a summary opens the conversation with. */
export function openingOf(summary: string): Message {
  return { role: "user", parts: [{ type: "text", text: summaryText(summary) }] };
}
