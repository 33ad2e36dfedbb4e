/** tau auth and tau config as a person uses them. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { goodKey, startProvider } from "./support/provider.ts";
import { keys, startPty } from "./support/pty.ts";
import { makeWorld, runTau, type World } from "./support/tau.ts";

function world(env: Record<string, string> = {}): World {
  const made = makeWorld(env);
  onTestFinished(made.remove);
  return made;
}
const inHome = (at: World, name: string): string => join(at.env.TAU_HOME ?? "", name);

describe("tau auth", () => {
  it("keeps a key that its provider knows, tells its source and end, and takes it out", async () => {
    const provider = await startProvider();
    const at = world({ ANTHROPIC_BASE_URL: provider.url });
    const login = ["auth", "login", "anthropic", "--stdin"];
    const wrong = await runTau(at, login, { input: "a-wrong-key-0123" });
    expect([wrong.code, wrong.stderr]).toEqual([4, expect.stringMatching(/rejected.*\n.*nothing was kept/)]);
    expect(existsSync(inHome(at, "credentials.json"))).toBe(false);
    expect(await runTau(at, login, { input: `${goodKey}\n` })).toMatchObject({ code: 0 });
    expect(statSync(inHome(at, "credentials.json")).mode & 0o777).toBe(0o600);
    const status = async (env = {}): Promise<unknown> =>
      (JSON.parse((await runTau(at, ["auth", "status", "--json"], { env })).stdout) as { keys: unknown })
        .keys;
    const kept = {
      provider: "anthropic",
      source: inHome(at, "credentials.json"),
      last4: "cdef",
      problem: null,
    };
    expect(await status()).toEqual([{ ...kept, shadowed: false }]);
    expect(await status({ ANTHROPIC_API_KEY: "another-key-of-twenty-letters" })).toEqual([
      { ...kept, source: "ANTHROPIC_API_KEY", last4: "ters", shadowed: false },
      { ...kept, shadowed: true },
    ]);
    expect(await runTau(at, ["auth", "logout"])).toMatchObject({ code: 0 });
    expect(await status()).toEqual([]);
  });

  it("masks a key that is typed", async () => {
    const provider = await startProvider();
    const at = world({ ANTHROPIC_BASE_URL: provider.url });
    const tau = startPty(at, ["auth", "login", "anthropic"]);
    await tau.waitFor(/Key of Anthropic/);
    tau.write(`${goodKey}${keys.enter}`);
    expect((await tau.ended).code).toBe(0);
    expect(tau.raw()).not.toContain(goodKey);
    expect(readFileSync(inHome(at, "credentials.json"), "utf8")).toContain(goodKey);
  });
});

describe("tau config", () => {
  it("says which file was written, and who has the last word", async () => {
    const at = world({ TAU_MODEL: "openai/gpt-5.1" });
    const set = await runTau(at, ["config", "set", "model", "anthropic/claude-haiku-4-5"]);
    expect(set.stdout).toMatch(
      /config\.json\nHere environment TAU_MODEL has the last word: model = openai\/gpt-5\.1/,
    );
    expect((await runTau(at, ["config", "get", "model", "--origin"])).stdout).toMatch(/gpt-5\.1.*TAU_MODEL/);
    const project = await runTau(at, ["config", "set", "--project", "mode", "full"]);
    expect([project.code, project.stderr]).toEqual([
      2,
      expect.stringMatching(/cannot set mode: it is looser than ask/),
    ]);
    expect(existsSync(join(at.project, ".tau/config.json"))).toBe(false);
    expect((await runTau(at, ["config", "set", "--local", "mode", "plan"])).code).toBe(0);
    expect((await runTau(at, ["config", "get", "mode"])).stdout).toBe("plan\n");
    expect((await runTau(at, ["config", "unset", "--local", "mode"])).code).toBe(0);
    expect((await runTau(at, ["config", "get", "effort"])).code).toBe(1);
    const mistyped = await runTau(at, ["config", "gte"]);
    expect([mistyped.code, mistyped.stderr]).toEqual([
      2,
      expect.stringMatching(/did you mean tau config get\?/),
    ]);
  });

  it("edit takes what is right, asks again about what is wrong, and loses no text", async () => {
    const at = world();
    const editor = at.file("editor", '#!/bin/sh\ncat "$NEXT" > "$1"\n');
    chmodSync(editor, 0o755);
    const env = { VISUAL: editor, NEXT: at.file("right.json", '{ "mode": "plan" } // mine\n') };
    expect(await runTau(at, ["config", "edit"], { env })).toMatchObject({ code: 0 });
    expect(readFileSync(inHome(at, "config.json"), "utf8")).toBe('{ "mode": "plan" } // mine\n');
    const wrong = await runTau(at, ["config", "edit"], {
      env: { ...env, NEXT: at.file("wrong.json", '{ "mode": "edti" }') },
    });
    expect([wrong.code, wrong.stderr]).toEqual([
      3,
      expect.stringMatching(/1:11: mode is "edti"[\s\S]*your text is in/),
    ]);
    expect(readFileSync(inHome(at, "config.json"), "utf8")).toContain("plan");
    const copy = readdirSync(at.env.TAU_HOME ?? "").find((name) => name.includes(".edit-")) ?? "";
    expect(readFileSync(inHome(at, copy), "utf8")).toBe('{ "mode": "edti" }');
  });
});
