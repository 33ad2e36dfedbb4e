/** What commands that print write to a terminal: words of models and tools are read, never obeyed, and nothing is styled. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startPty } from "./support/pty.ts";
import { call, model, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

/** Sets the window title, the clipboard, a colour; an eight-bit CSI clears the screen. */
const sequences = "\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007\u001b[31mred\u001b[0m\u009b2J end";
const answer = `The answer.${sequences}\n`;

it("takes escape sequences out of what a terminal shows, and leaves redirected stdout as it was", async () => {
  const { world } = await scene([
    { calls: [call("read", { path: `gone${sequences}` })] },
    { text: answer },
    { text: answer },
  ]);
  const args = ["exec", "--model", model, "--no-stdin", "question"];
  const terminal = startPty(world, args);
  expect((await terminal.ended).code).toBe(0);
  expect(terminal.raw()).toContain("The answer.red end");
  expect(terminal.raw()).toContain("• read gonered end");
  expect(terminal.raw()).not.toMatch(/\u001b|\u009b|owned/);

  const piped = await runTau(world, args);
  expect(piped.stdout).toBe(answer);
  expect(piped.stderr).not.toMatch(/\u001b|\u009b/);
});

it("shows recorded sessions and titles without their escape sequences", async () => {
  const { world } = await scene([{ text: answer }]);
  writeFileSync(join(world.project, "a.txt"), "a");
  const { stdout } = await runTau(world, ["exec", "--model", model, "--json", `Look ${sequences}`]);
  const { sessionId } = JSON.parse(stdout.split("\n")[0] ?? "{}") as { sessionId: string };
  const shown: [string[], string][] = [
    [["list"], "Look"],
    [["show", sessionId], "red"],
    [["search", "answer"], "red"],
  ];
  for (const [args, text] of shown) {
    const terminal = startPty(world, ["sessions", ...args]);
    await terminal.ended;
    expect(terminal.raw(), args.join(" ")).toContain(text);
    expect(terminal.raw(), args.join(" ")).not.toMatch(/\u001b|\u009b|\u0007/);
  }
});

it("prints without a single escape sequence, whatever colours are asked for", async () => {
  const { world } = await scene([{ text: "The answer." }, { text: "The answer." }]);
  const printed: readonly [args: string, shows: string][] = [
    ["--help", "Usage: tau"],
    ["no-such-command --no-such-option", "unknown option"],
    ["config get no.such", "no setting"],
    ["doctor", "node"],
    [`exec --model ${model} --no-stdin hi`, "The answer."],
    [`--plain --model ${model} < said`, "tau: The answer."],
    ["cost", "claude-haiku"],
    ["completion bash", "complete -"],
  ];
  world.file("said", "hello\n");
  const terminal = startPty(world, [], {
    rows: 60,
    shell: printed.map(([args], index) => `echo "<${index}>"; "$NODE" "$TAU" ${args} 2>&1`).join("; "),
    env: { FORCE_COLOR: "3", CLICOLOR_FORCE: "1", COLORTERM: "truecolor" },
  });
  await terminal.ended;
  const texts = terminal
    .raw()
    .split(/<\d+>\r\n/)
    .slice(1);
  for (const [index, [args, shows]] of printed.entries()) expect(texts[index], args).toContain(shows);
  expect(terminal.raw()).not.toContain("\u001b");
});
