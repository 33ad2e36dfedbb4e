/** The commands beside exec: sessions, cost, models, doctor, schema and help; and going on with a session. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandTree } from "../../src/cli/completion/tree.ts";
import { program } from "../../src/cli/program.ts";
import { ofType, told, until } from "./support/run.ts";
import { model, priced, pricedModel, type Scene, saidTo, scene } from "./support/scene.ts";
import { type Finished, runTau, startTau, type World } from "./support/tau.ts";

const tau = (world: World, ...args: string[]): Promise<Finished> => runTau(world, args);

async function json<Value>(world: World, ...args: string[]): Promise<Value> {
  const run = await tau(world, ...args);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  return JSON.parse(run.stdout) as Value;
}

/** Two sessions here, one elsewhere. */
async function threeSessions(): Promise<Scene & { ids: [string, string, string] }> {
  const made = await scene((_, index) => ({
    text: `Answer ${index} about zebras.`,
    usage: { input: 1000 * (index + 1), output: 100 },
  }));
  made.settings(priced);
  made.world.file("../other/.git/HEAD", "");
  const first = await made.exec(["-m", pricedModel, "count the giraffes"]);
  const second = await made.exec(["-m", pricedModel, "count the lions"]);
  const third = await made.exec(["-m", "anthropic/unheard-of", "-C", "../other", "=count the bears"]);
  return { ...made, ids: [first.sessionId, second.sessionId, third.sessionId] };
}

describe("going on", () => {
  it("-c takes this folder's latest session, -r any by the beginning of its id, with what was said", async () => {
    const { exec, fake, world, ids } = await threeSessions();
    const [first, second, third] = ids;
    expect(await exec(["-m", pricedModel, "-c", "and now?"])).toMatchObject({ sessionId: second });
    expect(saidTo(fake, 3)).toEqual(["count the lions", "and now?"]);
    // Long enough to be one only: ids begin with their time.
    const prefix = first.slice(0, 18);
    expect(await exec(["-m", pricedModel, "-r", prefix, "and you?"])).toMatchObject({ sessionId: first });
    expect(saidTo(fake, 4)).toEqual(["count the giraffes", "and you?"]);
    const byModel = told(await tau(world, "exec", "--json", "-C", "../other", "-c", "whose model?"));
    expect([byModel.sessionId, byModel.init.model]).toEqual([third, "anthropic/unheard-of"]);
  });

  it("keeps the mode of the session's last step unless a flag says otherwise, but full only while the settings allow it", async () => {
    const { world, settings } = await scene();
    settings({ mode: "plan" });
    const modeOf = async (...args: string[]) => {
      const run = told(await tau(world, "exec", "--json", "-m", model, ...args));
      expect(run.result.reason).toBe("done");
      return [run.init.mode, ofType(run.events, "note").length];
    };
    expect(await modeOf("go")).toEqual(["plan", 0]);
    expect(await modeOf("-c", "--mode", "edit", "go")).toEqual(["edit", 0]);
    expect(await modeOf("-c", "go")).toEqual(["edit", 0]);
    expect(await modeOf("-c", "--mode", "full", "go")).toEqual(["full", 0]);
    expect(await modeOf("-c", "go")).toEqual(["plan", 1]);
    settings({});
    expect(await modeOf("-c", "--mode", "full", "go")).toEqual(["full", 0]);
    expect(await modeOf("-c", "go")).toEqual(["full", 0]);
  });

  it("an id that is none, or more than one, is said", async () => {
    const { world, ids } = await threeSessions();
    const unknown = await tau(world, "exec", "--json", "-r", "ffff", "go");
    expect(told(unknown).result).toMatchObject({
      exitCode: 2,
      error: { message: expect.stringMatching(/ffff/) },
    });
    const shared = ids[0].slice(0, 4);
    const both = told(await tau(world, "exec", "--json", "-r", shared, "go")).result;
    expect(both).toMatchObject({ exitCode: 2, error: { message: expect.stringMatching(/more than one/) } });
  });

  it("a session another process writes is refused, naming it; reading it works meanwhile", async () => {
    const { world } = await scene([{ text: "Half", fault: { type: "silence", pings: false } }]);
    const { child, finished, stdoutSoFar } = startTau(world, ["exec", "--json", "-m", model, "go"]);
    await until("it runs", () => stdoutSoFar().includes("text.delta"));
    const id = /"sessionId":"([^"]+)"/.exec(stdoutSoFar())?.[1] ?? "";
    const second = told(await tau(world, "exec", "--json", "-m", model, "-r", id, "me too"));
    expect(second.result).toMatchObject({
      exitCode: 1,
      error: {
        message: expect.stringContaining(String(child.pid)),
        hint: expect.stringMatching(/Close it there/),
      },
    });
    expect((await tau(world, "sessions", "export", id)).stdout).toContain('"user.message"');
    const deleted = await tau(world, "sessions", "delete", id, "--yes");
    expect(deleted.code).toBe(1);
    expect(deleted.stderr).toContain(String(child.pid));
    child.kill("SIGTERM");
    expect(told(await finished).result.reason).toBe("terminated");
    const third = told(await tau(world, "exec", "--json", "-m", model, "-r", id, "now me"));
    expect(third.result).toMatchObject({ reason: "done", text: "All done." });
  });
});

describe("tau sessions", () => {
  it("list shows this folder's, newest first; --all every one", async () => {
    const { world, ids } = await threeSessions();
    const [first, second, third] = ids;
    const listed = await json<{ id: string; title: string; cost: number }[]>(
      world,
      "sessions",
      "list",
      "--json",
    );
    expect(listed.map(({ id }) => id)).toEqual([second, first]);
    expect(listed).toMatchObject([{ title: "count the lions" }, { title: "count the giraffes", turns: 1 }]);
    const all = await json<{ id: string }[]>(world, "sessions", "list", "--all", "--json");
    expect(all.map(({ id }) => id)).toEqual([third, second, first]);
    expect(await json(world, "sessions", "list", "--all", "--limit", "1", "--json")).toHaveLength(1);
    const text = await tau(world, "sessions", "list", "--all");
    expect(text.stdout).toMatch(/count the lions/);
    expect(text.stdout.split("\n")).toHaveLength(5);
    expect((await tau(world, "sessions", "list", "--limit", "none")).code).toBe(2);
  });

  it("show, search and export tell a session; what is not there is said", async () => {
    const { world, ids } = await threeSessions();
    const [first] = ids;
    const shown = await tau(world, "sessions", "show", first);
    expect(shown.stdout).toMatch(/count the giraffes[\s\S]*Answer 0 about zebras\./);
    const whole = await json<{ session: object; entries: object[] }>(
      world,
      "sessions",
      "show",
      first,
      "--json",
    );
    expect(whole.session).toMatchObject({ id: first, cost: 2_000_000 });
    expect(whole.entries.length).toBeGreaterThan(4);
    const hits = await json<{ session: { id: string }; snippet: string }[]>(
      world,
      "sessions",
      "search",
      "giraffes",
      "--json",
    );
    expect(new Set(hits.map(({ session }) => session.id))).toEqual(new Set([first]));
    expect((await tau(world, "sessions", "search", "zebras", "--all")).stdout.match(/zebras/g)).toHaveLength(
      3,
    );
    expect((await tau(world, "sessions", "search", "unicorns")).stdout).toBe("Nothing found.\n");
    const markdown = await tau(world, "sessions", "export", first, "--format", "markdown");
    expect(markdown.stdout).toMatch(/^# count the giraffes/);
    const lines = (await tau(world, "sessions", "export", first)).lines();
    expect(lines.length).toBe(whole.entries.length + 1);
    for (const action of ["show", "export", "delete"]) {
      const none = await tau(world, "sessions", action, "ffff");
      expect([none.code, none.stdout]).toEqual([2, ""]);
      expect(none.stderr).toMatch(/no session ffff/);
      // Were it taken for the beginning of an id, it would mean a folder's only session.
      expect((await tau(world, "sessions", action, "", ...(action === "delete" ? ["--yes"] : []))).code).toBe(
        2,
      );
    }
    const several = await tau(world, "sessions", "show", first.slice(0, 4));
    expect(several.code).toBe(2);
    expect(several.stderr).toMatch(new RegExp(`more than one[^]*${first} {2}count the giraffes`));
  });

  it("delete asks for a yes, then removes every word of it, and money spent stays spent", async () => {
    const { world, ids } = await threeSessions();
    const [first] = ids;
    const before = await json<{ total: { cost: number } }>(world, "cost", "all", "--json");
    const unsure = await tau(world, "sessions", "delete", first);
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringMatching(/--yes/)]);
    const sure = await tau(world, "sessions", "delete", first, "--yes");
    expect([sure.code, sure.stdout]).toEqual([0, `Deleted ${first}.\n`]);
    expect((await tau(world, "sessions", "show", first)).code).toBe(2);
    expect(await json(world, "sessions", "search", "giraffes", "--all", "--json")).toEqual([]);
    const after = await json<{ total: { cost: number } }>(world, "cost", "all", "--json");
    expect(after.total).toEqual(before.total);
    expect(readFileSync(join(world.home, ".tau/data/tau.db"), "latin1")).not.toContain("giraffe");
  });
});

describe("tau cost", () => {
  it("counts every call by what is asked, in text, JSON and CSV alike", async () => {
    const { world, ids } = await threeSessions();
    const report = await json<{ rows: { key: string; calls: number; cost: number }[]; total: object }>(
      world,
      "cost",
      "today",
      "--json",
    );
    expect(report.rows.toSorted((a, b) => a.key.localeCompare(b.key))).toMatchObject([
      { key: pricedModel, calls: 2, cost: 5_000_000, unpricedCalls: 0, usage: { input: 3000, output: 200 } },
      {
        key: "anthropic/unheard-of",
        calls: 1,
        cost: 0,
        unpricedCalls: 1,
        usage: { input: 3000, output: 100 },
      },
    ]);
    expect(report.total).toMatchObject({ calls: 3, cost: 5_000_000, unpricedCalls: 1 });
    const text = await tau(world, "cost");
    expect(text.stdout).toMatch(/anthropic\/priced +2 +3,000 +0% +200 +\$0\.0050/);
    expect(text.stdout).toMatch(/anthropic\/unheard-of +1 +3,000 +0% +100 +unpriced/);
    expect(text.stdout).toMatch(/total +3 +6,000 +0% +300 +\$0\.0050 \+ 1 unpriced/);
    const csv = (await tau(world, "cost", "week", "--by", "session", "--csv")).stdout.trim().split("\n");
    expect(csv[0]).toBe(
      "session,calls,input,cache_read,cache_write_5m,cache_write_1h,output,reasoning,cost_usd,unpriced_calls",
    );
    expect(csv.slice(1).toSorted()).toEqual(
      [
        `${ids[0]},1,1000,0,0,0,100,0,0.002000000,0`,
        `${ids[1]},1,2000,0,0,0,100,0,0.003000000,0`,
        `${ids[2]},1,3000,0,0,0,100,0,,1`,
      ].toSorted(),
    );
    const byProject = await json<{ rows: object[] }>(world, "cost", "month", "--by", "project", "--json");
    expect(byProject.rows).toHaveLength(2);
    expect((await tau(world, "cost", "yesterday")).code).toBe(2);
    expect((await tau(world, "cost", "--by", "mood")).code).toBe(2);
  });

  it("says so when nothing was spent", async () => {
    const { world } = await scene();
    expect((await tau(world, "cost")).stdout).toBe("Nothing was spent today.\n");
    expect((await json<{ rows: [] }>(world, "cost", "all", "--json")).rows).toEqual([]);
  });
});

describe("a name that is not quite right", () => {
  const mistyped = "anthropic/claude-haiku-45";

  it.each([["--json"], ["-o", "json"], []])("of a model runs, and is said once: %j", async (...format) => {
    const { world } = await scene([{ text: "Done." }]);
    const run = await tau(world, "exec", ...format, "-m", mistyped, "go");
    expect(run.code).toBe(0);
    const said = /catalogue does not know anthropic\/claude-haiku-45.*mean anthropic\/claude-haiku-4-5\b/g;
    expect(run.stderr.match(said)).toHaveLength(1);
    if (format[0] !== "--json") return;
    expect(ofType(told(run).events, "note")).toMatchObject([{ code: "opening", level: "warning" }]);
  });

  it("of a model is said with the refusal of a money cap, and known or described models say nothing", async () => {
    const { world, settings, fake } = await scene();
    const capped = await tau(world, "exec", "-m", mistyped, "--max-cost", "1", "go");
    expect(capped.code).toBe(8);
    expect(capped.stderr).toMatch(
      /^tau: The model has no known price.*Did you mean anthropic\/claude-haiku-4-5 /m,
    );
    settings({ models: { [mistyped]: { contextWindow: 100_000 } } });
    for (const name of [mistyped, model])
      expect((await tau(world, "exec", "-m", name, "go")).stderr, name).not.toMatch(/catalogue/);
    expect(fake.requests).toHaveLength(2);
  });

  it.each([
    { args: ["-m", "antropic/x"], code: 3, says: /no provider "antropic"\n.*did you mean anthropic\?/ },
    { args: ["--allow", "Bsah(ls)"], code: 2, says: /"Bsah\(ls\)" \(--allow\) .*\n.*did you mean Bash\?/ },
    { args: ["--deny", "foo"], code: 2, says: /"foo" \(--deny\) .* tool there is not/ },
    { args: ["--allow", "Bash(npm test"], code: 2, says: /is not a rule/ },
  ])("of anything else is refused before a request: $args", async ({ args, code, says }) => {
    const { world, fake } = await scene();
    const run = await tau(world, "exec", ...args, "go");
    expect(run.code).toBe(code);
    expect(run.stderr).toMatch(says);
    expect(fake.requests).toEqual([]);
  });

  it("of a tool in a settings file is refused where it stands", async () => {
    const { world, settings } = await scene();
    settings({ permissions: { deny: ["Bash(rm:*)", "Raed(.env)"] } });
    const run = await tau(world, "exec", "go");
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/config\.json:1:38: .*"Raed\(\.env\)".*\n.*did you mean Read\?/);
  });
});

describe("tau models", () => {
  it("lists and shows with prices, and takes a refreshed catalogue from a file", async () => {
    const { world, exec } = await scene();
    const list = await tau(world, "models", "list", "haiku-4-5", "--provider", "anthropic");
    expect(list.stdout).toMatch(/anthropic\/claude-haiku-4-5 +200k +64,000 +1 +0\.1 +5 +vision/);
    expect(list.stdout).toMatch(/Catalogue of \d{4}-\d\d-\d\d/);
    expect((await json<object[]>(world, "models", "list", "--json")).length).toBeGreaterThan(300);
    expect((await tau(world, "models", "haiku-4-5", "--provider", "anthropic")).stdout).toBe(list.stdout);
    const none = await tau(world, "models", "list", "no-such-model");
    expect([none.code, none.stdout]).toEqual([2, ""]);
    const shown = await tau(world, "models", "show", model);
    expect(shown.stdout).toMatch(/window +200k[\s\S]*price +in 1, out 5, cache read 0\.1/);
    const unknown = await tau(world, "models", "show", "anthropic/tomorrow");
    expect(unknown.stdout).toMatch(/not in the catalogue[\s\S]*unpriced/);

    const catalogue = {
      anthropic: {
        id: "anthropic",
        name: "Anthropic",
        models: {
          tomorrow: {
            id: "tomorrow",
            name: "Tomorrow",
            limit: { context: 500_000, output: 9000 },
            cost: { input: 2, output: 4 },
            modalities: { input: ["text"], output: ["text"] },
            tool_call: true,
          },
        },
      },
    };
    const file = world.file("api.json", JSON.stringify(catalogue));
    const refreshed = await tau(world, "models", "refresh", file);
    expect([refreshed.code, refreshed.stderr]).toEqual([0, ""]);
    expect(refreshed.stdout).toMatch(/1 models \(1 priced\)/);
    expect((await tau(world, "models", "show", "anthropic/tomorrow")).stdout).toMatch(
      /500k[\s\S]*in 2, out 4/,
    );
    const run = await exec(["-m", "anthropic/tomorrow", "go"]);
    expect(run.result.cost).toBe(100 * 2000 + 20 * 4000);
    const broken = await tau(world, "models", "refresh", world.file("broken.json", "<html>"));
    expect(broken.code).not.toBe(0);
    expect((await tau(world, "models", "show", "anthropic/tomorrow")).stdout).toMatch(/500k/);
    for (const args of [["no-such-word"], ["show"], ["refresh"], ["refresh", "/no/such/file"]])
      expect((await tau(world, "models", ...args)).code, args.join(" ")).toBe(2);
  });
});

describe("help", () => {
  it("the first page leaves room for the prompt on 24 rows, names every command and option, and gives three examples", async () => {
    const { world } = await scene();
    const page = (await tau(world, "--help")).stdout;
    expect(page.trimEnd().split("\n").length).toBeLessThanOrEqual(23);
    for (const { name } of commandTree(program()).commands) expect(page).toMatch(new RegExp(`\\b${name}\\b`));
    for (const { long } of commandTree(program()).options) expect(page).toContain(long);
    expect(page.slice(page.indexOf("Try ")).trimEnd().split("\n")).toHaveLength(3);
  });

  it("versions and schemas", async () => {
    const { world } = await scene();
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    for (const flag of ["--version", "-V"]) expect((await tau(world, flag)).stdout).toBe(`${version}\n`);
    for (const what of ["events", "config"]) {
      const schema = await tau(world, "schema", what);
      expect(schema.stdout).toBe(readFileSync(`docs/schema/${what}.schema.json`, "utf8"));
    }
    expect((await tau(world, "schema", "nonsense")).code).toBe(2);
    expect((await tau(world, "dance", "--wildly")).code).toBe(2);
  });

  it.each([
    { args: ["-p", "-m", model, "is it?"] },
    { args: ["-m", model, "-p", "is it?"] },
    { args: ["-m", model, "is it?", "--print", "--max-steps", "3"] },
  ])("-p is exec: $args", async ({ args }) => {
    const { world } = await scene([{ text: "Yes." }]);
    const run = await tau(world, ...args);
    expect([run.code, run.stdout]).toEqual([0, "Yes.\n"]);
  });

  it("tau help is --help, of a command too", async () => {
    const { world } = await scene();
    expect((await tau(world, "help")).stdout).toMatch(/^Usage: tau \[options\] \[command\]/);
    expect((await tau(world, "help", "exec")).stdout).toMatch(/^Usage: tau exec /);
  });

  it.each([
    { args: ["sesions"], command: "sessions" },
    { args: ["session", "list"], command: "sessions" },
    { args: ["doctr"], command: "doctor" },
    { args: ["exce", "fix it"], command: "exec" },
  ])("a command mistyped is no task for a model: $args", async ({ args, command }) => {
    const { world, fake } = await scene();
    const run = await tau(world, ...args);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(new RegExp(`no command "${args[0]}"\n.*did you mean tau ${command}\\?`));
    expect(fake.requests).toEqual([]);
  });
});
