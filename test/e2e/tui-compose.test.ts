/** What a person brings into the composer beside typed words, in the built binary on a real terminal. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keys, startPty } from "./support/pty.ts";
import { until } from "./support/run.ts";
import { model, saidTo } from "./support/scene.ts";
import { ready, tui } from "./support/tui.ts";

describe("the composer", () => {
  it("sends files it names, pastes behind tokens and a person's own commands; and finds it all again", async () => {
    const { tau, say, world, fake } = await tui([{ text: "Read." }, { text: "Run." }, { text: "Filled." }]);
    world.file("src/needle file.ts", "export const needle = 42;\n");
    world.file(
      ".tau/commands/audit.md",
      "---\ndescription: look at it\n---\nAudit $ARGUMENTS, branch !`git status`\n",
    );
    const asked = (index: number): string => saidTo(fake, index).join("\n");

    tau.write("see @needl");
    await tau.waitFor("▸ src/needle file.ts");
    tau.write(keys.enter);
    await tau.waitFor('see @"src/needle file.ts"');
    tau.write(`and ${keys.paste("l1\nl2\nl3\nl4\nl5\nl6 secret sauce")}`);
    await tau.waitFor("[Pasted text #1: 6 lines]");
    tau.write(keys.enter);
    await tau.waitFor("Read.");
    await tau.waitFor(ready);
    expect(asked(0)).toContain("export const needle = 42;");
    expect(asked(0)).toContain("secret sauce");
    expect(tau.history().join("\n")).not.toContain("secret sauce");
    expect(tau.history().join("\n")).toContain('+ @"src/needle file.ts"');

    say("!echo from-the-shell $((40 + 2))");
    await tau.waitFor("from-the-shell 42");
    say("go on");
    await tau.waitFor("Run.");
    await tau.waitFor(ready);
    expect(asked(1)).toContain("from-the-shell 42");

    tau.write("/audi");
    await tau.waitFor("look at it (this project's file)");
    tau.write(keys.tab);
    await tau.waitFor((screen) => !screen.includes("look at it"));
    tau.write(`the parser${keys.enter}`);
    await tau.waitFor("Filled.");
    await tau.waitFor(ready);
    expect(asked(2)).toContain("Audit the parser, branch");

    tau.write(keys.up);
    await tau.waitFor("› /audit the parser");
    tau.write(keys.up);
    await tau.waitFor((screen) => screen.trimEnd().split("\n").at(-2)?.includes("› go on") === true);
    tau.write(keys.up + keys.up);
    await tau.waitFor((screen) => screen.trimEnd().split("\n").at(-2)?.includes("[Pasted text #1") === true);
    tau.write("\u0012");
    await tau.waitFor("Sent before (");
    tau.write("needle");
    await tau.waitFor("Sent before (1 of");
    tau.write(keys.escape);
    await tau.waitFor("[Pasted text #1: 6 lines]");
  }, 60_000);

  it("keeps what is typed over a kill", async () => {
    const { tau, world } = await tui([]);
    tau.write(`half a ${keys.paste("thought\n".repeat(9))}`);
    await tau.waitFor("[Pasted text #1: 9 lines]");
    const drafts = join(world.env.TAU_HOME ?? "", "state/drafts");
    const draft = (): string => {
      try {
        return readdirSync(drafts)
          .map((name) => readFileSync(join(drafts, name), "utf8"))
          .join("");
      } catch {
        return "";
      }
    };
    await until("the draft", () => draft().includes("thought"));
    expect(readdirSync(drafts).map((name) => statSync(join(drafts, name)).mode & 0o777)).toEqual([0o600]);
    tau.kill("SIGKILL");
    await tau.ended;
    const again = startPty(world, ["--model", model], {});
    await again.waitFor("› half a [Pasted text #1: 9 lines]");
    again.write("\u0013");
    await again.waitFor("put aside");
    again.write("\u0013");
    await again.waitFor("› half a [Pasted text #1: 9 lines]");
    again.write("\u001bv");
    await again.waitFor("thought");
  }, 60_000);
});
