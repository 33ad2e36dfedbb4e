/** The terminal in other hands and back: suspended, in an editor; and what hands put in. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keys, startPty } from "./support/pty.ts";
import { until } from "./support/run.ts";
import { model, scene } from "./support/scene.ts";
import { ready, tui } from "./support/tui.ts";

const ctrlZ = "\u001a";
const ctrlG = "\u0007";

describe("Ctrl+Z", () => {
  it("gives a shell its terminal back, and fg brings everything back", async () => {
    const { world } = await scene([]);
    const tau = startPty(world, [], {
      shell: `exec bash --norc --noprofile -i`,
      env: { PS1: "shell> ", HISTFILE: "" },
    });
    await tau.waitFor("shell>");
    tau.write(`"$NODE" "$TAU" --model ${model}\r`);
    await tau.waitFor(ready);
    tau.write("half a thought");
    await tau.waitFor("half a thought");
    tau.write(ctrlZ);
    const suspended = await tau.waitFor("Stopped");
    expect(suspended).not.toContain("half a thought");
    expect(tau.modes().cursorHidden).toBe(false);
    tau.write("stty -a | grep -o '[-]*icanon'; echo shown\r");
    expect(await tau.waitFor(/^ ?icanon\s+shown$/m)).not.toContain("-icanon");
    tau.write("fg\r");
    await tau.waitFor(/› half a thought/);
    tau.write(" goes on");
    await tau.waitFor("› half a thought goes on");
    expect(tau.modes().bracketedPaste).toBe(true);
    tau.write(keys.ctrlC);
    await tau.waitFor("again leaves");
    tau.write(keys.ctrlC);
    await tau.waitFor((screen) => screen.trimEnd().endsWith("shell>"));
  });

  it("does not hang where nobody could continue it", async () => {
    const { tau } = await tui([]);
    tau.write(ctrlZ);
    await tau.waitFor("it is not suspended");
    tau.write("goes on");
    await tau.waitFor("› goes on");
  });
});

describe("an editor of one's own", () => {
  it("gets the text in a private file and gives it back whole; one that fails loses nothing", async () => {
    const set = await scene([]);
    const editor = join(set.world.project, "editor.sh");
    writeFileSync(
      editor,
      'stat -c "%a" "$2" > mode; printf "editing\\n"; while [ ! -e "go-$1" ]; do sleep 0.05; done; rm "go-$1"\n' +
        'if [ -e fail ]; then printf lost > "$2"; exit 3; fi; printf "%s 漢字\\nsecond line\\n" "$(cat "$2")" > "$2"\n',
    );
    const tau = startPty(set.world, ["--model", model], { env: { VISUAL: `sh '${editor}' one` } });
    await tau.waitFor(ready);
    tau.write("first");
    await tau.waitFor("› first");
    tau.write(ctrlG);
    await tau.waitFor("editing");
    expect(tau.modes().bracketedPaste).toBe(false);
    await until("the editor has the file", () => existsSync(join(set.world.project, "mode")));
    expect(readFileSync(join(set.world.project, "mode"), "utf8")).toBe("600\n");
    writeFileSync(join(set.world.project, "go-one"), "");
    await tau.waitFor(/› first 漢字\n {2}second line/);
    // It can be undone, and the file is gone.
    tau.write("\u001f");
    await tau.waitFor((screen) => screen.includes("› first") && !screen.includes("second line"));
    writeFileSync(join(set.world.project, "fail"), "");
    tau.write(ctrlG);
    await tau.waitFor((screen) => screen.split("editing").length > 2);
    writeFileSync(join(set.world.project, "go-one"), "");
    await tau.waitFor(/ended with code\s+3:\s+nothing\s+was\s+taken\s+over/);
    expect(tau.screen()).toContain("› first");
  });
});

describe("a paste of megabytes", () => {
  it("is taken while keys go on being answered", async () => {
    const { tau } = await tui([]);
    const line = `${"x".repeat(99)}\n`;
    tau.write(keys.paste(line.repeat(50_000)));
    tau.write("the end");
    await tau.waitFor("the end", 30_000);
    tau.write(`${keys.backspace.repeat(3)}END`);
    await tau.waitFor("the END");
  });
});
