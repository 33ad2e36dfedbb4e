/** The commands a person types into the composer: one table, from which help and suggestions come, too. */
import type { ModelChoice, Moved, OpenSession, SessionChoice, SessionShelf } from "../app/contract.ts";
import type { McpServers } from "../app/mcp.ts";
import type { SettingsDesk } from "../app/settings-desk.ts";
import type { Settings } from "../config/settings.ts";
import type { SessionId } from "../core/ids.ts";
import { nearestNames } from "../core/likeness.ts";
import type { MarkdownCommand } from "../extensions/commands/load.ts";
import type { MoveTarget } from "../sessions/move.ts";
import { budgetCommands } from "./commands/budget.ts";
import { configCommands } from "./commands/config.ts";
import { doctorCommands, type Finding } from "./commands/doctor.ts";
import { editingCommands } from "./commands/editing.ts";
import { fileCommands } from "./commands/files.ts";
import { jobCommands } from "./commands/jobs.ts";
import { chosen, completeChoice, keepWish } from "./commands/keep.ts";
import { mcpCommands } from "./commands/mcp.ts";
import { modelCommands } from "./commands/models.ts";
import { permissionCommands } from "./commands/permissions.ts";
import { planCommands } from "./commands/plan.ts";
import { sessionCommands } from "./commands/sessions.ts";
import { themeCommands } from "./commands/theme.ts";
import { windowCommands } from "./commands/window.ts";
import { workCommands } from "./commands/work.ts";
import { type Completions, oneOf } from "./compose/completions.ts";
import { whence } from "./compose/file-commands.ts";
import { serverCommands } from "./compose/server-suggestions.ts";
import type { SuggestedCommand } from "./compose/suggestions.ts";
import type { Conversation } from "./conversation.ts";
import type { Dialog } from "./dialog/dialog.ts";
import type { ChosenKeys, Keymap } from "./input/keymap.ts";
import { modes } from "./modes.ts";
import type { Block } from "./pager/pager.ts";
import { costText, statusText } from "./status.ts";
import type { ScreenStore } from "./store.ts";
import type { ThemeSwitch } from "./theme/switch.ts";

/** What commands act on. */
export type CommandPlace = {
  store: ScreenStore;
  conversation: Pick<
    Conversation,
    "working" | "waiting" | "compact" | "evict" | "putBack" | "submit" | "accept"
  >;
  /** The session that is open now. */
  session(): Pick<
    OpenSession,
    | "id"
    | "model"
    | "effort"
    | "efforts"
    | "mode"
    | "tools"
    | "contacts"
    | "rules"
    | "jobs"
    | "moneyLeft"
    | "previewCompaction"
    | "windowContents"
    | "setMode"
    | "setModel"
    | "setEffort"
    | "leavePlan"
    | "transcript"
    | "tree"
    | "fork"
    | "label"
    | "rename"
    | "previewFiles"
    | "diffFiles"
    | "restoreFiles"
  >;
  /** The project's MCP servers; null where there are none. */
  mcp: McpServers | null;
  /** The models there is a key for. */
  models(): Promise<ModelChoice[]>;
  cwd: string;
  /** Which key does what. */
  keymap: Keymap;
  /** Which of them the person chose. */
  chosenKeys: ChosenKeys;
  /** Goes on in another session; see `session-switch.ts`. Resolves to the one before. */
  goTo(choice: SessionChoice): Promise<Pick<OpenSession, "id">>;
  /** Goes on in a copy of this session; resolves to the one before. */
  goToCopy(id: SessionId): Promise<Pick<OpenSession, "id">>;
  /** Goes on from another point of this session; see `session-switch.ts`. */
  moveTo(target: MoveTarget): Promise<Moved>;
  /** All sessions, to pick from. */
  sessions: SessionShelf;
  /** Puts text on the clipboard; resolves to the words for where it went. */
  copyText(text: string): Promise<string>;
  /** Draws an open dialog again: something of it came in. */
  redraw(): void;
  /** Opens a dialog in place of the composer. */
  open(dialog: Dialog): void;
  /** Shows something to read, whole. */
  page(title: string, blocks: readonly Block[]): void;
  /** The settings, to look at and to write. */
  settings: SettingsDesk;
  /** Caps of the settings, by scope. */
  caps: Settings["budgets"];
  themes: ThemeSwitch;
  /** Every command that can be given here, those of Markdown files as they are now. */
  everyCommand(): Promise<readonly SuggestedCommand[]>;
  /** What is wrong with what Tau stands on; see `tau doctor`. */
  doctor(): Promise<readonly Finding[]>;
  /** Says something in the conversation that nobody's turn brought about. */
  tell(text: string): void;
  /** The same of something that went wrong. */
  warn(text: string): void;
  /** Opens what is typed in an editor of the person's own. */
  externalEditor(): Promise<void>;
  /** Opens all of the session to read back in. */
  transcript(): void;
  /** Ends the UI. */
  leave(): void;
};

/** A command. */
export type LocalCommand = SuggestedCommand & {
  /** What may stand next behind its name and these words; null for anything. Absent where nothing is known of it. */
  complete?(place: CommandPlace, before: readonly string[]): Promise<Completions | null> | Completions | null;
  /** Whether it may be given while a turn runs. */
  whileWorking: boolean;
  /** Does it; resolves to what there is to tell. */
  run(place: CommandPlace, argument: string): Promise<string | null> | string | null;
};

const table = [
  {
    name: "help",
    aliases: ["?"],
    argument: "[command]",
    help: "this list, or all about one command",
    whileWorking: true,
    complete: async ({ everyCommand: every }, before) =>
      before.length > 0
        ? null
        : oneOf((await every()).map(({ name, help }) => ({ value: name, detail: help }))),
    run: helpText,
  },
  {
    name: "status",
    aliases: [],
    argument: "",
    help: "session, model asked for and answering, mode, context, cost, hosts contacted",
    details:
      "The hosts are those Tau itself sent requests to since the session was opened, a proxy on the way included; what the agent's commands contact is not seen.",
    whileWorking: true,
    run: ({ store, conversation, session, cwd }) =>
      statusText(store.state.conversation, session(), { cwd, waiting: conversation.waiting }),
  },
  {
    name: "cost",
    aliases: [],
    argument: "",
    help: "what this session used",
    whileWorking: true,
    run: ({ store }) => costText(store.state.conversation),
  },
  {
    name: "mode",
    aliases: [],
    argument: `[${modes.join("|")}] [--keep]`,
    help: "shows or sets how freely tools may act; also shift+tab",
    details:
      "It holds for this session, with --keep for good: written into your own config.json, checked as tau config set checks.",
    page: "permissions.md",
    whileWorking: true,
    complete: (_, before) =>
      completeChoice(
        modes.map((mode) => ({ value: mode, detail: modeWords[mode] })),
        before,
      ),
    run: setMode,
  },
  {
    name: "transcript",
    aliases: [],
    argument: "",
    help: "all of the session to read back in, with search; also ctrl+o",
    page: "terminal.md#reading-back",
    whileWorking: true,
    run: ({ transcript }) => {
      transcript();
      return null;
    },
  },
  ...planCommands,
  ...permissionCommands,
  ...modelCommands,
  ...sessionCommands,
  ...editingCommands,
  ...themeCommands,
  ...windowCommands,
  ...budgetCommands,
  ...fileCommands,
  ...workCommands,
  ...jobCommands,
  ...mcpCommands,
  ...configCommands,
  ...doctorCommands,
  {
    name: "compact",
    aliases: [],
    argument: "[what to keep]",
    help: "replaces what was said so far by a summary; the ledger keeps it all",
    page: "compaction.md",
    whileWorking: false,
    run: ({ conversation }, focus) => conversation.compact(focus),
  },
  {
    name: "new",
    aliases: ["clear"],
    argument: "",
    help: "goes on in a new session; this one is kept, and nothing is wiped from the screen",
    whileWorking: false,
    run: async ({ goTo }) => `a new session; the one before: tau -r ${(await goTo({ kind: "new" })).id}`,
  },
  {
    name: "exit",
    aliases: ["quit"],
    argument: "",
    help: "leave; also ctrl+c twice",
    whileWorking: true,
    run: ({ leave }) => {
      leave();
      return null;
    },
  },
] as const satisfies readonly LocalCommand[];

/** The name of a command. */
export type CommandName = (typeof table)[number]["name"];

/** Every command, in the order in which help lists them. */
export const commands: readonly (LocalCommand & { name: CommandName })[] = table;

/** A typed command: its name as typed, and what follows it. */
export type TypedCommand = { name: string; argument: string };

/**
 * The command a text is; null for words for the model. A command begins in the first column, and its name is one
 * word without a second slash: `/usr/bin/env`, `// note` and anything behind a blank are words.
 */
export function commandIn(text: string): TypedCommand | null {
  const [, name, argument = ""] = /^\/([a-z?][\w:.-]*)(?:\s+(.*))?$/is.exec(text.trimEnd()) ?? [];
  return name === undefined ? null : { name: name.toLowerCase(), argument: argument.trim() };
}

/** The command of the table that has a name; null when none does. */
export const commandNamed = (name: string): LocalCommand | null =>
  commands.find((command) => command.name === name || command.aliases.includes(name)) ?? null;

/** That there is no command of a name, and what may have been meant. @param all every command there is */
export function noCommand(name: string, all: readonly SuggestedCommand[]): string {
  const near = nearestNames(
    name,
    all.flatMap((command) => [command.name, ...command.aliases]),
  );
  const meant = near.length > 0 ? `did you mean /${near.join(" or /")}?` : "/help lists them.";
  return `there is no command /${name}; ${meant}`;
}

/** All commands: those of servers and of files behind those of the table. */
export const everyCommand = (
  files: readonly MarkdownCommand[],
  mcp: McpServers | null,
): SuggestedCommand[] => [
  ...commands,
  ...serverCommands(mcp),
  ...files.map((command) => ({
    name: command.name,
    aliases: [],
    argument: command.argumentHint,
    help: whence(command),
    details: `It fills in the prompt of ${command.path}.`,
    page: "commands.md",
  })),
];

/** What may stand next in a command's line; see {@link LocalCommand.complete}. */
export function completed(
  place: CommandPlace,
  name: string,
  before: readonly string[],
): ReturnType<NonNullable<LocalCommand["complete"]>> {
  return commandNamed(name)?.complete?.(place, before) ?? null;
}

const usageOf = ({ name, aliases, argument }: SuggestedCommand): string => {
  const names = [name, ...aliases].map((one) => `/${one}`).join(", ");
  return argument ? `${names} ${argument}` : names;
};

async function helpText({ everyCommand: every }: CommandPlace, about: string): Promise<string> {
  const all = await every();
  const name = about.replace(/^\//, "").toLowerCase();
  if (name !== "") {
    const found = all.find((one) => one.name === name || one.aliases.includes(name));
    return found ? helpOf(found) : noCommand(name, all);
  }
  const rows = all.map((command) => [usageOf(command), command.help] as const);
  const width = Math.max(...rows.map(([usage]) => usage.length));
  return [
    "commands",
    ...rows.map(([usage, help]) => `${usage.padEnd(width)}  ${help}`),
    "/help and a name tells more of one. Words that begin with a slash and are no command go to the model with a space before them.",
  ].join("\n");
}

/** All about one command. */
function helpOf(command: SuggestedCommand): string {
  const { details, page } = command;
  return [
    usageOf(command),
    command.help,
    ...(details ? [details] : []),
    ...(commandNamed(command.name)?.whileWorking === false ? ["It has to wait while a turn runs."] : []),
    ...(page ? [`More: docs/${page}`] : []),
  ].join("\n");
}

function setMode(place: CommandPlace, argument: string): string | Promise<string> {
  const { store, session } = place;
  const { wanted, keep } = keepWish(argument);
  const mode = modes.find((one) => one === wanted.toLowerCase());
  if (wanted !== "" && mode === undefined) return `there is no mode ${wanted}: ${modes.join(", ")}`;
  if (mode === undefined) return `the mode is ${session().mode}; /mode ${modes.join("|")} changes it`;
  session().setMode(mode);
  store.change((state) => ({ ...state, mode }));
  const done = `the mode is ${mode}`;
  return keep ? chosen(place, { done, key: "mode", value: mode, keep }) : done;
}

/** What a mode lets run, in a few words. */
const modeWords: { readonly [mode in (typeof modes)[number]]: string } = {
  plan: "nothing is changed; the agent answers with a plan",
  ask: "everything but reading is asked about",
  edit: "files of the project are changed without asking",
  full: "everything runs but what a rule or the hard stops forbid",
};
