/**
 * A front end without a terminal over the whole app: real settings, ledger, sessions and tools in folders of its own, a
 * fake provider on loopback. What a terminal would be asked for is written down instead.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { OpenApp, SessionChoice } from "../../src/app/contract.ts";
import { openApp } from "../../src/app.ts";
import type { Settings } from "../../src/config/settings.ts";
import { type Controlled, controls } from "../../src/tui/controls.ts";
import { type ChosenKeys, keymapOf } from "../../src/tui/input/keymap.ts";
import type { Chord, Key } from "../../src/tui/input/keys.ts";
import { routeKey } from "../../src/tui/key-routes.ts";
import { openConversation } from "../../src/tui/open-conversation.ts";
import { themeSwitch } from "../../src/tui/theme/switch.ts";
import type { Line } from "../../src/tui/view/line.ts";
import { grammar } from "./shell.ts";
import type { FakeAnswer, Script } from "./upstream/script.ts";
import { type FakeUpstream, startUpstream } from "./upstream/server.ts";

const textOf = (line: Line): string => line.map(({ text }) => text).join("");

/** A model of the catalogue that thinks, has a price and speaks Messages. */
export const model = "anthropic/claude-sonnet-4-6";

/** What a house is built from. */
export type HouseOptions = {
  script?: Script | readonly FakeAnswer[];
  /** Of the user's config.json. */
  settings?: Settings;
  flags?: Settings;
  /** Files of the project by path. */
  files?: { readonly [path: string]: string };
  /** More variables of the environment. */
  env?: { readonly [name: string]: string };
  /** What runs commands; see helper.ts. Without it none can be run. */
  helperPath?: string;
};

/** Folders, a provider and the app over them; all of it goes away with the test. */
export type House = {
  app: OpenApp;
  fake: FakeUpstream;
  /** The project. */
  cwd: string;
  home: string;
  env: { readonly [name: string]: string | undefined };
};

/** Builds one. After the last scripted answer the provider says "done". */
export async function buildHouse(options: HouseOptions = {}): Promise<House> {
  const {
    script = [],
    settings = {},
    flags = {},
    files = {},
    env: more = {},
    helperPath = "/dev/null",
  } = options;
  const root = mkdtempSync(join(tmpdir(), "tau-house-"));
  const cwd = join(root, "project");
  const home = join(root, "home");
  const config = join(home, ".tau");
  for (const folder of [join(cwd, ".git"), config]) mkdirSync(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const fake = await startUpstream(
    typeof script === "function" ? script : (_, index) => script[index] ?? { text: "done" },
  );
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    TAU_HOME: config,
    ANTHROPIC_API_KEY: "test-key-0123456789",
    ANTHROPIC_BASE_URL: fake.url,
    ...more,
  };
  writeFileSync(join(config, "config.json"), JSON.stringify({ model, ...settings }));
  const app = await openApp({
    cwd,
    env,
    home,
    flags,
    rules: { allow: [], deny: [] },
    now: Date.now,
    utcOffset: () => 0,
    random: randomBytes,
    version: "0.0.0",
    platform: process.platform,
    nodePath: process.execPath,
    helperPath,
    grammar,
  });
  onTestFinished(async () => {
    await app.close();
    await fake.close();
    rmSync(root, { recursive: true, force: true });
  });
  return { app, fake, cwd, home, env };
}

/** Opens a front end over a house and puts a person at its keys. */
export async function sitDown(
  house: House,
  { choice = { kind: "new" }, keys }: { choice?: SessionChoice; keys?: ChosenKeys } = {},
) {
  const { app, cwd, env } = house;
  const opened = await openConversation({
    app,
    choice,
    cwd,
    env,
    fits: () => true,
    atRest: () => undefined,
    doctor: async () => [],
  });
  onTestFinished(() => opened.close());
  const { store, conversation, common } = opened;
  const drawn: string[] = [];
  const copied: string[] = [];
  const pages: { title: string; rows: string[] }[] = [];
  const asked = {
    leave: vi.fn(),
    transcript: vi.fn(),
    scroll: vi.fn((_pages: -1 | 1) => true),
    externalEditor: vi.fn(async () => undefined),
    clipboardImage: vi.fn(async () => ({ found: false, why: "no picture is there" }) as const),
  };
  const place: Controlled = {
    ...common,
    ...asked,
    ...(keys && { keymap: keymapOf(keys), chosenKeys: keys }),
    textColumns: () => 76,
    page: (title, blocks) =>
      void pages.push({ title, rows: blocks.flatMap((block) => block.lines(80)).map(textOf) }),
    size: () => ({ columns: 80, rows: 24 }),
    copyText: async (text) => {
      copied.push(text);
      return "copied";
    },
    redraw: () => store.change((state) => ({ ...state })),
    themes: themeSwitch({ name: "auto", own: [] }, null, 24, (theme) => void drawn.push(theme.name)),
  };
  const everywhere = { suspend: vi.fn(), redraw: vi.fn() };
  const conversed = controls(place);
  const press = (pressed: Key): void =>
    routeKey(pressed, place.keymap, {
      everywhere,
      heard: () => undefined,
      fullView: () => false,
      conversation: conversed,
    });
  const type = (text: string): void => press({ type: "text", text });
  const key = (chord: Chord): void => press({ type: "key", chord });
  return {
    ...house,
    ...asked,
    store,
    conversation,
    session: common.session,
    drawn,
    copied,
    pages,
    type,
    key,
    paste: (text: string) => press({ type: "paste", text }),
    /** What the composer holds. */
    text: () => store.state.editor.text,
    /** Notices in the conversation, in order. */
    told: () =>
      store.state.conversation.finished.flatMap((item) => (item.type === "notice" ? [item.text] : [])),
    /** The open dialog's rows as text. */
    dialog: () =>
      store.state.dialog?.view({ columns: 100, rows: 30, now: Date.now() }).lines.map(textOf).join("\n") ??
      null,
    /** Says something and waits for the end of the turn. */
    async say(text: string) {
      type(text);
      key("enter");
      await vi.waitFor(() => {
        if (!conversation.begun) throw new Error("no turn has begun");
      }, 20_000);
      await conversation.idle();
    },
    /** Gives a command as it is typed. */
    command(text: string) {
      type(text);
      key("enter");
    },
  };
}

/** A person at the keys. */
export type Seat = Awaited<ReturnType<typeof sitDown>>;
