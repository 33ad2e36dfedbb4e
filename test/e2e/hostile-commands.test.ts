/** Commands, folders and inputs that are larger, stranger or longer-lived than anyone hopes for. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ofType, type Told, told, until } from "./support/run.ts";
import { call, model, resultsIn, rows, type Scene, saidTo, scene } from "./support/scene.ts";
import { launcher, runTau } from "./support/tau.ts";

/** What Tau may take at its peak, in MB, whatever it is given. */
const memoryLimit = 150;

const bash = (command: string, more: object = {}, id = "call_bash") => call("bash", { command, ...more }, id);

/** A run whose peak memory is looked at. */
async function measured(
  { world }: Scene,
  args: readonly string[],
  input?: string,
): Promise<Told & { megabytes: number; seconds: number }> {
  const file = join(world.home, "peak");
  const begun = performance.now();
  const run = await runTau(world, ["exec", "--json", "-m", model, ...args], {
    node: ["--require", join(import.meta.dirname, "support/peak-memory.cjs")],
    env: { TAU_TEST_MEMORY: file },
    ...(input !== undefined && { input }),
  });
  const seconds = (performance.now() - begun) / 1000;
  return { ...told(run), megabytes: Number(readFileSync(file, "utf8")) / 1024, seconds };
}

const outputOf = ({ events }: Told, at = 0): string =>
  ofType(events, "tool.finished")
    [at]?.output.map((part) => (part.type === "text" ? part.text : ""))
    .join("") ?? "";

describe("a command", () => {
  it("that prints a gigabyte ends, with its head and tail, in bounded memory and a bounded file", async () => {
    const made = await scene([
      { calls: [bash("echo first; head -c 1000000000 /dev/zero | tr '\\0' 'x'; echo; echo last")] },
    ]);
    const run = await measured(made, ["--mode", "full", "go"]);
    expect(run.result.reason).toBe("done");
    const [finished] = ofType(run.events, "tool.finished");
    expect(finished).toMatchObject({
      status: "ok",
      facts: { exitCode: 0, bytes: 1_000_000_012, truncated: true },
    });
    expect(outputOf(run)).toMatch(
      /^first\nx[\s\S]*left out[\s\S]*\nlast\n\[\d+ bytes of output were counted but not kept on disk\.\]$/,
    );
    expect(outputOf(run).length).toBeLessThan(60_000);
    expect(run.megabytes).toBeLessThan(memoryLimit);
    const spill = join(made.world.home, ".tau/state/output");
    const kept = existsSync(spill)
      ? readdirSync(spill, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
      : 0;
    expect(kept).toBeLessThan(300_000_000);
    expect(made.fake.requests[1]?.raw.length).toBeLessThan(120_000);
  }, 120_000);

  it.each([
    { what: "sleeps for ever", command: "echo begun; sleep 1000" },
    { what: "spins for ever", command: "echo begun; while :; do :; done" },
    {
      what: "ignores every polite signal",
      command: "trap '' TERM INT HUP; echo begun; while :; do sleep 1; done",
    },
    { what: "reads a terminal that is not there", command: "echo begun; cat; sleep 1000" },
  ])("that $what ends at its time-out, and the model is told", async ({ command }) => {
    const made = await scene([{ calls: [bash(`echo $$ > pid; ${command}`, { timeout: 1 })] }]);
    const run = await measured(made, ["--mode", "full", "go"]);
    expect(run.result.reason).toBe("done");
    expect(ofType(run.events, "tool.finished")).toMatchObject([
      { status: "error", facts: { timedOut: true } },
    ]);
    expect(outputOf(run)).toMatch(/^begun[\s\S]*Timed out after 1 s/);
    expect(run.seconds).toBeLessThan(20);
    await until("it is gone", () => isGone(pidIn(made, "pid")));
  });

  it.each([
    { what: "in the background", command: "sleep 300 & echo $! > pid; echo started" },
    {
      what: "in a session of its own",
      command: "setsid sh -c 'echo $$ > pid; exec sleep 300' & sleep 0.3; echo started",
    },
    {
      what: "as a daemon, its output kept open",
      command:
        "(setsid nohup sh -c 'echo $$ > pid; exec sleep 300' &) ; while ! test -s pid; do :; done; echo started",
    },
  ])("that leaves a process $what does not hold up the run, and nothing survives it", async ({ command }) => {
    const made = await scene([{ calls: [bash(command)] }]);
    const run = await measured(made, ["--mode", "full", "go"]);
    expect(outputOf(run)).toMatch(/^started/);
    expect(run.seconds).toBeLessThan(15);
    await until("it is gone", () => isGone(pidIn(made, "pid")));
  });

  it("that removes the folder it works in leaves a run that says so", async () => {
    const { exec, world } = await scene([
      { calls: [bash('rm -rf "$PWD"')] },
      { calls: [bash("echo still here", {}, "second"), call("read", { path: "a.txt" }, "third")] },
    ]);
    world.file("a.txt", "alpha\n");
    const run = await exec(["--mode", "full", "go"]);
    expect(run.result.reason).toBe("done");
    const finished = ofType(run.events, "tool.finished");
    expect(finished.map(({ status }) => status)).toEqual(["ok", "error", "error"]);
    expect(JSON.stringify(finished[1]?.output)).toMatch(/project/);
    mkdirSync(join(world.project, ".git"), { recursive: true });
    expect((await exec(["-c", "and now?"])).sessionId).toBe(run.sessionId);
  });
});

describe("a folder", () => {
  it("whose name has spaces, quotes and letters of all kinds is one like any other", async () => {
    const { world, fake, exec } = await scene([
      {
        calls: [
          bash("pwd; ls"),
          call("read", { path: "sub dir/ä b.txt" }),
          call("grep", { pattern: "needle" }),
          call("glob", { pattern: "**/*.txt" }),
        ],
      },
      {
        calls: [
          call("edit", { path: "sub dir/ä b.txt", edits: [{ old_string: "needle", new_string: "pin" }] }),
        ],
      },
    ]);
    const odd = join(world.home, `it's a "test" $HOME \`x\` ünï ✓ ${"d".repeat(100)}`);
    world.file("sub dir/ä b.txt", "a needle\n");
    renameSync(world.project, odd);
    const run = await exec(["--mode", "full", "-C", odd, "go"], { cwd: world.home });
    expect(run.result.reason).toBe("done");
    expect(ofType(run.events, "tool.finished").map(({ status }) => status)).toEqual(Array(5).fill("ok"));
    const [listing, text, matches, files] = resultsIn(fake, 1);
    expect(listing).toContain(odd);
    expect(text).toBe("a needle");
    expect(matches).toBe("sub dir/ä b.txt:1:a needle");
    expect(files).toBe("sub dir/ä b.txt");
    expect(readFileSync(join(odd, "sub dir/ä b.txt"), "utf8")).toBe("a pin\n");
    expect((await exec(["-c", "and?"], { cwd: odd })).sessionId).toBe(run.sessionId);
  });

  it("with ten thousand files is listed, searched and matched in bounds", async () => {
    const made = await scene([
      { calls: [call("ls", {}), call("glob", { pattern: "**/*" }), call("grep", { pattern: "needle" })] },
      { calls: [call("grep", { pattern: "number 0777\\b" })] },
    ]);
    for (let at = 0; at < 10_000; at += 1)
      made.world.file(
        `many/file-${String(at).padStart(5, "0")}.txt`,
        `needle\nnumber ${String(at).padStart(4, "0")}\n`,
      );
    const run = await measured(made, ["-C", "many", "go"]);
    expect(ofType(run.events, "tool.finished").map(({ status }) => status)).toEqual(Array(4).fill("ok"));
    const [ls = "", glob = "", grep = ""] = resultsIn(made.fake, 1);
    expect(ls).toMatch(/^file-00000\.txt\n[\s\S]*\[The first 500 names of 10,?000 entries/);
    expect(glob).toMatch(/file-00000\.txt\n[\s\S]*Only the first 500/);
    expect(grep).toMatch(/file-00000\.txt:1:needle\n[\s\S]*Only the first 100 matches/);
    expect(resultsIn(made.fake, 2)[3]).toBe("file-00777.txt:2:number 0777");
    expect(run.megabytes).toBeLessThan(memoryLimit);
    expect(run.seconds).toBeLessThan(20);
  });

  it("that was removed under the shell is said; an absolute -C goes on", async () => {
    const { world } = await scene();
    const started = (...args: string[]) =>
      `mkdir -p gone && cd gone && rmdir ../gone && exec "${process.execPath}" "${launcher}" exec --json -m demo/fix ${args.join(" ")} hello`;
    const run = (command: string) => {
      try {
        return execFileSync("/bin/bash", ["-c", command], {
          cwd: world.project,
          env: world.env,
          encoding: "utf8",
        });
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    };
    const [init, result] = run(started())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(init).toMatchObject({ type: "init", sessionId: null });
    expect(result).toMatchObject({
      type: "result",
      exitCode: 2,
      error: {
        message: expect.stringMatching(/working directory is gone/),
        hint: expect.stringMatching(/-C/),
      },
    });
    expect(run(started("-C", world.project))).toMatch(/"reason":"done"/);
  });
});

describe("an environment", () => {
  it("without HOME works by the XDG folders, and keeps to them", async () => {
    const { world } = await scene();
    const { HOME: _, TAU_HOME: __, ...env } = world.env;
    for (const name of ["config", "data", "state", "cache"])
      env[`XDG_${name.toUpperCase()}_HOME`] = join(world.home, "xdg", name);
    const run = told(await runTau({ ...world, env }, ["exec", "--json", "-m", model, "go"]));
    expect(run.result.reason).toBe("done");
    expect(existsSync(join(world.home, "xdg/data/tau/tau.db"))).toBe(true);
    expect(existsSync(join(world.home, ".tau"))).toBe(false);
  });
});

describe("a prompt", () => {
  it.each([
    { what: "of one letter", text: "a".repeat(1_000_000) },
    { what: "of one line of words", text: "the quick brown fox jumps over it. ".repeat(28_600) },
    {
      what: "without a space",
      text: Buffer.from(`${"x".repeat(700)}é中`)
        .toString("base64")
        .repeat(1050),
    },
  ])("of a megabyte $what goes through whole, soon and in bounds", async ({ text }) => {
    const made = await scene();
    made.settings({ models: { [model]: { contextWindow: 2_000_000 } } });
    const run = await measured(made, ["-"], text);
    expect(run.result.reason).toBe("done");
    expect(saidTo(made.fake, 0)).toEqual([text.trim()]);
    expect(run.seconds).toBeLessThan(10);
    expect(run.megabytes).toBeLessThan(memoryLimit);
    expect(rows<{ title: string }>(made.world, "SELECT title FROM sessions")[0]?.title.length).toBeLessThan(
      200,
    );
  });

  it("that no window can hold ends in words, not in a loop", async () => {
    const made = await scene((request) =>
      request.raw.length > 1_000_000
        ? {
            fault: {
              type: "status",
              status: 400,
              body: {
                type: "error",
                error: {
                  type: "invalid_request_error",
                  message: "prompt is too long: 250000 tokens > 200000 maximum",
                },
              },
            },
          }
        : { text: "A summary." },
    );
    const run = await measured(made, ["-"], "the quick brown fox jumps over it. ".repeat(40_000));
    expect(run.result).toMatchObject({ reason: "context", exitCode: 11 });
    expect(made.fake.requests.length).toBeLessThan(6);
    expect(run.seconds).toBeLessThan(20);
  });
});

const pidIn = ({ world }: Scene, name: string): number =>
  Number(readFileSync(join(world.project, name), "utf8").trim());

function isGone(pid: number): boolean {
  try {
    // A zombie nobody has waited for yet is gone too.
    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return true;
  }
}
