import { describe, expect, it } from "vitest";
import { TerminalKeyboard } from "../../src/tui/input/keyboard.ts";

const kitty = "\u001b[?0u";
const attributes = "\u001b[?62;22c";
const xterm = { TERM: "xterm-256color" };

describe("a terminal's keyboard", () => {
  it("is asked for, and nothing is turned on before it answers", () => {
    const keyboard = new TerminalKeyboard(xterm);
    expect(keyboard.arm()).toBe("\u001b[?u\u001b[c");
    expect(keyboard.disarm()).toBe("");
    expect(keyboard.asked).toBe(true);
    expect(keyboard.heard("\u001b]11;rgb:0/0/0\u0007")).toBe("");
    expect(keyboard.asked).toBe(true);
  });

  it.each([
    ["the kitty protocol", xterm, [kitty, attributes], "\u001b[>5u", "\u001b[<u"],
    ["modifyOtherKeys where it has no other", xterm, [attributes], "\u001b[>4;1m", "\u001b[>4;0m"],
    [
      "neither where that would underline",
      { ...xterm, TERM_PROGRAM: "Apple_Terminal" },
      [attributes],
      "",
      "",
    ],
    ["neither of a console", { TERM: "linux" }, [attributes], "", ""],
  ])("is got by %s, turned on once, given back, and turned on again", (_, env, answers, on, off) => {
    const keyboard = new TerminalKeyboard(env);
    keyboard.arm();
    expect(answers.map((answer) => keyboard.heard(answer)).join("")).toBe(on);
    expect(keyboard.asked).toBe(false);
    expect(keyboard.disarm()).toBe(off);
    expect(keyboard.arm()).toBe(on);
    expect(keyboard.heard(kitty)).toBe("");
  });
});
