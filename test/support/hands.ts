/** What the composer's hands ask of the app and its session, as a test gives it. */
import type { OpenApp, OpenSession } from "../../src/app/contract.ts";
import type { Said } from "../../src/core/attachment.ts";
import type { EntryId, SessionId } from "../../src/core/ids.ts";
import type { PastPrompt } from "../../src/core/store.ts";
import type { MarkdownCommand } from "../../src/extensions/commands/load.ts";
import { Drafts } from "../../src/tui/compose/drafts.ts";
import { FileCommands } from "../../src/tui/compose/file-commands.ts";
import { FileIndex } from "../../src/tui/compose/file-index.ts";
import type { ClipboardImage } from "../../src/tui/compose/pictures.ts";

/** What there is to attach, find and run. */
export type HandsWorld = {
  cwd?: string;
  /** Contents by path, as attaching gives them; an error refuses. */
  files?: { [path: string]: string | Error };
  /** What was said before, newest first. */
  past?: { text: string; session?: string; said?: Said }[];
  commands?: MarkdownCommand[];
  clipboard?: ClipboardImage;
  drafts?: { folder: string; pid: number; isAlive(pid: number): boolean };
  /** Runs a command of the person's own. */
  runCommand?: OpenSession["runCommand"];
};

/** Hands over such a world. */
export function makeHands(world: HandsWorld = {}) {
  const { files = {}, past = [], commands = [], cwd = "/project" } = world;
  const session: Pick<
    OpenSession,
    "attach" | "attachResource" | "serverPrompt" | "runCommand" | "noteRemembered" | "expandCommand"
  > = {
    attachResource: () => Promise.reject(new Error("there is no server here")),
    serverPrompt: () => Promise.reject(new Error("there is no server here")),
    attach: async ({ path, lines }) => {
      const content = files[path];
      if (content === undefined || content instanceof Error) throw content ?? new Error(`no ${path}`);
      const range = lines === null ? "" : `:${lines.first}-${lines.last}`;
      return { kind: "file", parts: [{ type: "text", text: `<${path}${range}>${content}` }] };
    },
    runCommand: world.runCommand ?? (() => Promise.reject(new Error("no command runs here"))),
    noteRemembered: () => Promise.reject(new Error("nothing is recorded here")),
    expandCommand: async ({ body }, argument) => ({
      text: body.replace("$ARGUMENTS", argument),
      mentions: body,
    }),
  };
  const prompts = past.map(
    ({ text, session: id = "other", said }, index): PastPrompt => ({
      n: past.length - index,
      sessionId: id as SessionId,
      entryId: `${index}` as EntryId,
      at: 0,
      cwd,
      text,
      partial: said !== undefined,
    }),
  );
  const told: string[] = [];
  const app: Pick<
    OpenApp,
    "prompts" | "prompt" | "recentSessions" | "sessionDigest" | "markdownCommands" | "paths"
  > = {
    prompts: async ({ session: id, limit }) =>
      prompts.filter(({ sessionId }) => id === undefined || sessionId === id).slice(0, limit),
    prompt: async (_, entry) => past[Number(entry)]?.said ?? null,
    recentSessions: async () => [],
    sessionDigest: async (id) => ({ type: "text", text: `<session ${id}>` }),
    markdownCommands: async () => ({ commands, problems: [] }),
    paths: { config: "/nowhere", data: "/nowhere", state: "/nowhere" },
  };
  return {
    session,
    place: {
      app,
      mcp: null,
      cwd,
      root: cwd,
      files: new FileIndex(
        async (_, take) => {
          for (const path of Object.keys(files)) take(path);
        },
        () => 0,
      ),
      drafts: new Drafts({
        folder: "/dev/null/drafts",
        pid: 1,
        isAlive: () => true,
        ...world.drafts,
        root: cwd,
        now: Date.now,
      }),
      fileCommands: new FileCommands({ app, warn: (text) => void told.push(text) }, new Set()),
      clipboardImage: async (): Promise<ClipboardImage> =>
        world.clipboard ?? { found: false, why: "nothing there" },
    },
  };
}
