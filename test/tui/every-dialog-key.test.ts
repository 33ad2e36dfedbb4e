/**
 * Every key that a single list has of its own has a case here that fails when it does nothing; the typecheck demands one
 * for a new one. Cases are given as a person presses keys, over the whole app.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Settings } from "../../src/config/settings.ts";
import { type OwnKey, ownKeys } from "../../src/tui/dialog/own-keys.ts";
import { actions } from "../../src/tui/input/actions.ts";
import { keyConflicts } from "../../src/tui/input/key-list.ts";
import type { ChosenKeys } from "../../src/tui/input/keymap.ts";
import { buildHouse, type HouseOptions, type Seat, sitDown } from "../support/front-end.ts";
import { bundledHelper } from "../support/helper.ts";
import { doesNothing, patient } from "../support/mutation.ts";

/** Proves one key: `press` presses it. */
type Case = {
  house?: HouseOptions;
  /** Whether commands are run. */
  runs?: true;
  keys?: ChosenKeys;
  proof(at: Seat, press: () => void): Promise<void>;
};

const helper = bundledHelper();
const eventually = (look: () => void | Promise<void>): Promise<void> => vi.waitFor(look, patient);

/** Opens a list by a command and finds a row in it. */
async function opens(at: Seat, command: string, title: RegExp, search = ""): Promise<void> {
  at.command(command);
  await eventually(() => expect(at.dialog()).toMatch(title));
  if (search !== "") at.type(search);
}

/** The person's own settings as they are written. */
const written = (at: Seat): Settings =>
  JSON.parse(readFileSync(join(at.env.TAU_HOME ?? "", "config.json"), "utf8"));

const titles = async ({ app }: Seat): Promise<(string | null)[]> =>
  (await app.sessions.list({ limit: 10, skip: 0 }))
    .filter(({ turns }) => turns > 0)
    .map(({ title }) => title);

/** Two sessions, of which the second is open. */
async function twoSessions(at: Seat): Promise<void> {
  await at.say("the older one");
  at.command("/new");
  await eventually(() => expect(at.told().at(-1)).toMatch(/a new session/));
  await at.say("the newer one");
}

/** A list whose choice is written into the settings. */
const keeps = (command: string, title: RegExp, search: string, key: keyof Settings, value: string): Case => ({
  async proof(at, press) {
    await opens(at, command, title, search);
    press();
    await eventually(() => expect(written(at)[key]).toBe(value));
    expect(at.dialog()).toBeNull();
  },
});

const cases: { readonly [key in OwnKey]: Case } = {
  "sessions.everywhere": {
    async proof(at, press) {
      await at.say("the only one");
      await opens(at, "/resume", /^Sessions of this folder/);
      press();
      await eventually(() => expect(at.dialog()).toMatch(/^Sessions of all folders.*the only one/s));
    },
  },
  "sessions.rename": {
    async proof(at, press) {
      await twoSessions(at);
      await opens(at, "/resume", /^Sessions/, "older");
      press();
      at.key("ctrl+u");
      at.type("a cathedral");
      at.key("enter");
      await eventually(async () =>
        expect((await titles(at)).toSorted()).toEqual(["a cathedral", "the newer one"]),
      );
    },
  },
  "sessions.delete": {
    async proof(at, press) {
      await twoSessions(at);
      await opens(at, "/resume", /^Sessions/, "older");
      press();
      await eventually(() => expect(at.dialog()).toMatch(/^Delete "the older one" for good/));
      at.key("down");
      at.key("enter");
      await eventually(async () => expect(await titles(at)).toEqual(["the newer one"]));
    },
  },
  "points.label": {
    async proof(at, press) {
      await at.say("pillars");
      for (const command of ["/rewind", "/tree"]) {
        await opens(at, command, /pillars/);
        press();
        at.key("ctrl+u");
        at.type(`seen in ${command.slice(1)}`);
        at.key("enter");
        await eventually(() => expect(at.told().at(-1)).toMatch(/labelled \[seen in/));
        const { points } = await at.session().tree();
        expect(points).toMatchObject([{ label: `seen in ${command.slice(1)}` }]);
      }
    },
  },
  "points.anew": {
    async proof(at, press) {
      await at.say("first");
      await at.say("pillars");
      await opens(at, "/tree", /^Branches/);
      press();
      await eventually(() => expect(at.text()).toBe("pillars"));
    },
  },
  "models.keep": keeps("/model", /^Model /, "claude-haiku-4-5", "model", "anthropic/claude-haiku-4-5"),
  "efforts.keep": keeps("/effort", /^Effort /, "low", "effort", "low"),
  "themes.keep": keeps("/theme", /^Theme /, "high-contrast", "theme", "high-contrast"),
  "keys.usual": {
    house: { settings: { keys: { composer: { stash: ["f9"] } } } },
    keys: { composer: { stash: ["f9"] } },
    async proof(at, press) {
      await opens(at, "/keys", /^Keys /, "put what is typed aside");
      expect(at.dialog()).toMatch(/▸ f9 /);
      press();
      await eventually(() => expect(written(at).keys?.composer?.stash).toBeUndefined());
    },
  },
  "pieces.toggle": {
    house: {
      files: { "stones.txt": "granite\n".repeat(400) },
      script: [{ calls: [{ id: "r", name: "read", input: { path: "stones.txt" } }] }],
    },
    async proof(at, press) {
      await at.say("read the stones");
      await at.say("and more");
      const out = () =>
        at
          .session()
          .windowContents()
          .pieces.filter(({ evictedBy }) => evictedBy !== null);
      await opens(at, "/context", /^What can be taken out/, "stones.txt");
      press();
      await eventually(() => expect(out()).toHaveLength(1));
      await eventually(() => expect(at.dialog()).toMatch(/taken out/));
      at.type("stones.txt");
      press();
      await eventually(() => expect(out()).toHaveLength(0));
    },
  },
  "settings.project": {
    async proof(at, press) {
      await opens(at, "/config", /^Settings /, "limits.steps");
      press();
      at.key("ctrl+u");
      at.type("7");
      at.key("enter");
      const file = join(at.cwd, ".tau", "config.json");
      await eventually(() => expect(existsSync(file)).toBe(true));
      expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ limits: { steps: 7 } });
    },
  },
  "settings.unset": {
    house: { settings: { compactAt: 0.6 } },
    async proof(at, press) {
      await opens(at, "/config", /^Settings /, "compactAt");
      press();
      await eventually(() => expect(written(at).compactAt).toBeUndefined());
    },
  },
  "jobs.end": {
    runs: true,
    house: {
      flags: { mode: "full" },
      script: [{ calls: [{ id: "b", name: "bash", input: { command: "sleep 600", background: true } }] }],
    },
    async proof(at, press) {
      await at.say("wait");
      const ended = () =>
        at
          .session()
          .jobs.list()
          .map(({ ended: how }) => how?.how ?? "runs");
      expect(ended()).toEqual(["runs"]);
      await opens(at, "/jobs", /^Background jobs/);
      press();
      await eventually(() => expect(ended()).toEqual(["stopped"]));
    },
  },
  "planned.drop": {
    house: { flags: { mode: "plan" }, script: [{ text: "# Plan\n```sh\nmake a\nmake b\n```" }] },
    async proof(at, press) {
      await at.say("plan it");
      await opens(at, "/plan", /The plan is ready/, "its commands");
      at.key("enter");
      at.type("make b");
      press();
      await eventually(() => expect(at.dialog()).toMatch(/this one command[\s\S]*Bash\(make a\)/));
      expect(at.dialog()).not.toContain("make b");
    },
  },
  "rules.remove": {
    house: {
      script: [{ calls: [{ id: "e", name: "bash", input: { command: "make stones" } }] }],
    },
    async proof(at, press) {
      at.type("make it");
      at.key("enter");
      await eventually(() => expect(at.store.state.asks.ready.has("e")).toBe(true));
      at.type("a");
      await eventually(() => expect(at.conversation.working).toBe(false));
      const rules = () =>
        at
          .session()
          .rules.all()
          .flatMap(({ source, text }) => (source === "session" ? [text] : []));
      expect(rules()).toEqual(["Bash(make stones:*)"]);
      await opens(at, "/permissions", /^Rules in force/, "make stones");
      press();
      await eventually(() => expect(rules()).toEqual([]));
    },
  },
};

describe("the own key of a list", () => {
  it.each(Object.keys(ownKeys) as OwnKey[])("%s", async (id) => {
    const { house, keys, proof, runs } = cases[id];
    const helperPath = runs ? await helper() : "/dev/null";
    const at = await sitDown(await buildHouse({ ...house, helperPath }), { ...(keys && { keys }) });
    await proof(at, () => {
      if (!doesNothing) at.key(ownKeys[id].chord);
    });
  });
});

describe("the own keys of lists", () => {
  it("are none that does something everywhere or in every list", () => {
    const taken: readonly string[] = [
      ...Object.values(actions.everywhere),
      ...Object.values(actions.list),
    ].flatMap(({ keys }) => [...keys]);
    expect(Object.entries(ownKeys).filter(([, { chord }]) => taken.includes(chord))).toEqual([]);
  });

  it("are each one key in its list", () => {
    const pairs = Object.entries(ownKeys).map(([id, { chord }]) => `${id.split(".")[0]} ${chord}`);
    expect(pairs).toEqual([...new Set(pairs)]);
  });

  it("are told of where a person chooses them for something else", () => {
    expect(keyConflicts({ everywhere: { redraw: ["ctrl+f"] } })).toEqual([
      'everywhere: ctrl+f for redraw is in lists also the key of "all folders" (sessions.everywhere)',
    ]);
    expect(keyConflicts({ composer: { redo: ["ctrl+f"] } })).toEqual([]);
  });
});
