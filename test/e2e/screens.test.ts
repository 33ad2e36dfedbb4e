/** The pictures of docs/screens are what the built binary shows; `npm run screens` draws them anew. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { goodKey, startProvider } from "./support/provider.ts";
import { keys, type Pty, startPty } from "./support/pty.ts";
import { call } from "./support/scene.ts";
import { makeWorld } from "./support/tau.ts";
import { tui } from "./support/tui.ts";

const folder = resolve(import.meta.dirname, "../../docs/screens");

/** Waits until the screen is what its picture shows. */
async function shown(tau: Pty, name: string): Promise<void> {
  const path = join(folder, `${name}.svg`);
  if (process.env.TAU_SCREENS === "write") {
    await tau.quiet(1000);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, tau.picture(name));
  }
  const wanted = existsSync(path) ? readFileSync(path, "utf8") : "";
  await tau.waitFor(() => tau.picture(name) === wanted).catch(() => undefined);
  expect(tau.picture(name), `${path} is not what is shown; if it should be: npm run screens`).toBe(wanted);
}

const options = {
  columns: 90,
  rows: 30,
  env: { COLORTERM: "truecolor" },
  settings: { theme: "dark", footer: ["model", "mode", "context", "tokens", "cost"] },
};

const broken =
  "export const total = (lines) => {\n  let sum = 0;\n  for (let i = 0; i < lines.length - 1; i++) sum += lines[i];\n  return sum;\n};\n";

it("a task, its tools and its answer; the list to go back", async () => {
  const { tau, say, world } = await tui(
    [
      { text: "I will look at the cart first.", calls: [call("read", { path: "cart.js" })] },
      {
        calls: [
          call("edit", {
            path: "cart.js",
            edits: [{ old_string: "i < lines.length - 1; i++", new_string: "i < lines.length; i++" }],
          }),
        ],
      },
      {
        text: "The loop stopped **one line early**, so the last item was never counted.\n\n- `cart.js`: the bound is `lines.length` now\n- nothing else changed\n\n```js\nfor (let i = 0; i < lines.length; i++) sum += lines[i];\n```\n",
        usage: { input: 12_400, output: 310, cached: 9_800 },
      },
    ],
    ["--mode", "edit"],
    options,
  );
  world.file("cart.js", broken);
  say("the total of the cart is too small: find out why and mend it");
  await tau.waitFor(/sum \+= lines\[i\];[\s\S]*what shall we do/);
  await shown(tau, "task");
  tau.write(keys.escape);
  await tau.waitFor("esc again");
  tau.write(keys.escape);
  await tau.waitFor("Go back to before (");
  await shown(tau, "rewind");
});

it("questions as one list", async () => {
  const { tau, say } = await tui(
    [
      {
        text: "I will run the tests, and see what is not committed yet.",
        calls: [
          call("bash", { command: "npm test -- --watch=false" }, "c1"),
          call("bash", { command: "npm test && git status --short" }, "c2"),
        ],
      },
      { text: "Done." },
    ],
    [],
    options,
  );
  say("is the cart all right?");
  await tau.waitFor("N no to all");
  await shown(tau, "questions");
});

it("words for the agent while it works", async () => {
  const { tau, say } = await tui(
    [{ text: "I am looking at the tests now.", fault: { type: "silence", pings: false } }],
    [],
    options,
  );
  say("make the tests pass");
  await tau.waitFor("I am looking");
  say("leave the public API as it is");
  await tau.waitFor("↳ leave the public");
  tau.write(`then update the changelog${keys.tab}`);
  await tau.waitFor(/next turn/);
  tau.write(keys.escape);
  await tau.waitFor(/interrupted[\s\S]*changelog/);
  await shown(tau, "interrupted");
});

it("a plan to answer", async () => {
  const { tau, say } = await tui(
    [
      {
        text: "I looked at the cart and its tests.\n\n# Plan\n1. mend the loop's bound in `cart.js`\n2. add a test with one line\n3. run `npm test`",
      },
    ],
    ["--mode", "plan"],
    options,
  );
  say("make the totals right");
  await tau.waitFor("enter takes");
  await shown(tau, "plan");
});

it("the wizard's first question; a key that is typed is never shown", async () => {
  const provider = await startProvider("accepts");
  const world = makeWorld({
    ANTHROPIC_BASE_URL: provider.url,
    OLLAMA_HOST: "http://127.0.0.1:9",
    LMSTUDIO_BASE_URL: "http://127.0.0.1:9/v1",
    LLAMACPP_BASE_URL: "http://127.0.0.1:9/v1",
    VLLM_BASE_URL: "http://127.0.0.1:9/v1",
  });
  onTestFinished(world.remove);
  const tau = startPty(world, [], { columns: 90, rows: 30 });
  await tau.waitFor(/How do you want to work\?/);
  await shown(tau, "welcome");
  tau.write(keys.enter);
  await tau.waitFor(/Whose key\?[\s\S]*❯ Anthropic/);
  tau.write(keys.enter);
  await tau.waitFor(/Key of anthropic/);
  tau.write(`${goodKey}${keys.enter}`);
  await tau.waitFor(/Which model\?[\s\S]*❯ claude-sonnet-5-5/);
  await tau.quiet(300);
  expect(tau.screen()).not.toContain(goodKey);
});
