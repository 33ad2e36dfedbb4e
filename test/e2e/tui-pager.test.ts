/** Reading a session back on the alternate screen of a real terminal. */
import { describe, expect, it } from "vitest";
import { keys } from "./support/pty.ts";
import { until } from "./support/run.ts";
import { call } from "./support/scene.ts";
import { linesWith, ready, tui } from "./support/tui.ts";

const ctrlO = "\u000f";
const lines = Array.from({ length: 300 }, (_, n) => `This is line ${n + 1}.`);

describe("the transcript", () => {
  it("shows all of the session, whole results too, while the agent goes on; closing it shows what came", async () => {
    const { tau, say } = await tui(
      [
        {
          calls: [call("bash", { command: "seq 1001 1060" })],
        },
        { text: "Counted.", deltaMs: 1 },
        { text: lines.join("\n"), deltaSize: 40, deltaMs: 1 },
      ],
      ["--mode", "full"],
    );
    say("count on");
    await tau.waitFor("Counted.");
    await tau.waitFor(ready);
    say("and on");
    await until("the stream", () => linesWith(tau, "This is line").length > 30);
    tau.write(ctrlO);
    await tau.waitFor("q closes");
    tau.write("g");
    const top = await tau.waitFor('● bash {"command":"seq 1001 1060"}');
    expect(top).toContain("› count on");
    tau.write("/x");
    tau.write(`${keys.backspace}1057${keys.enter}`);
    // The search goes backwards: from the beginning there is nothing before.
    await tau.waitFor("not found");
    tau.write("G");
    tau.write("/");
    tau.write(`1017${keys.enter}`);
    const found = await tau.waitFor((screen) => screen.split("\n")[0]?.trim() === "1017");
    expect(found.split("\n")[3]?.trim()).toBe("1020");
    tau.resize(60, 12);
    await tau.waitFor((screen) => screen.includes("q closes") && screen.split("\n").length === 12);
    tau.resize(80, 24);
    await tau.waitFor("q closes");
    tau.write("q");
    await until("the end", () => linesWith(tau, "This is line 300.").length > 0, 30_000);
    await tau.waitFor(ready);
    expect(linesWith(tau, "This is line")).toEqual(lines);
    tau.write(ctrlO);
    await tau.waitFor("q closes");
    tau.kill("SIGTERM");
    await tau.ended;
    expect(linesWith(tau, "This is line")).toEqual(lines);
    expect(tau.history().join("\n")).toContain("To go on: tau -r");
    expect(tau.modes()).toEqual({ bracketedPaste: false, cursorHidden: false });
  });
});
