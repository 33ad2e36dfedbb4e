import { describe, expect, it } from "vitest";
import { takeOuterOptions } from "../../src/cli/outer-options.ts";
import { program } from "../../src/cli/program.ts";
import { TauError } from "../../src/core/errors.ts";

/** The options a command line ends up with: the real tree, but for what its commands do. */
async function optionsOf(line: string): Promise<unknown> {
  const tau = program();
  let seen: unknown = null;
  const quiet = (command: typeof tau): void => {
    command.action(() => undefined);
    for (const inner of command.commands) quiet(inner);
  };
  quiet(tau);
  tau.hook("preAction", (_, command) => {
    seen = command.opts();
  });
  await tau.parseAsync(line.split(" "), { from: "user" });
  return seen;
}

describe("options before a command's name", () => {
  it.each([
    ["-m demo/fix exec hi", { model: "demo/fix" }],
    ["--mode plan --max-cost 1 exec --max-steps 3 hi", { mode: "plan", maxCost: "1", maxSteps: "3" }],
    ["-m demo/fix exec -m demo/other hi", { model: "demo/other" }],
    ["--allow Read --deny Bash exec --allow Grep hi", { allow: ["Read", "Grep"], deny: ["Bash"] }],
    ["-c exec hi", { continue: true }],
    ["--profile work config list", { profile: "work" }],
    ["--max-cost 2 sessions compact 1a", { maxCost: "2" }],
    ["--mode full permissions explain ls", { mode: "full" }],
  ])("tau %s", async (line, wanted) => {
    expect(await optionsOf(line)).toEqual(wanted);
  });

  it.each([
    ["--max-cost 1 doctor", "tau doctor has no option --max-cost", "tau doctor --help"],
    ["-C /x sessions list", "tau sessions list has no option --cwd", "cd /x && tau sessions list"],
    ["--profile work keys", "tau keys has no option --profile", "TAU_PROFILE=work tau keys"],
  ])("are refused where the command has none such, not dropped: tau %s", async (line, message, hint) => {
    const refused = optionsOf(line);
    await expect(refused).rejects.toThrow(TauError);
    await expect(refused).rejects.toMatchObject({ reason: "usage", message, hint });
  });

  it("leaves a command alone that stands in front of none", () => {
    expect(() => takeOuterOptions(program())).not.toThrow();
  });
});
