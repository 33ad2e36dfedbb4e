/** Twenty tool turns in each dialect through the built binary, against a fake that was not built from our codecs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { addUsage, type Usage, zeroUsage } from "../../src/core/usage.ts";
import type { ModelInfo } from "../../src/models/model-info.ts";
import { conversationOf, pairingFaults, prefixFault } from "../support/upstream/conversation.ts";
import type { FakeAnswer, FakeUsage } from "../support/upstream/script.ts";
import { type FakeUpstream, startUpstream } from "../support/upstream/server.ts";
import { ledgerOf, ofType, type Told, told } from "./support/run.ts";
import { keysFor, makeWorld, runTau, type World } from "./support/tau.ts";

type Call = { name: string; input: unknown; says: RegExp };
type Turn = { text?: string; thinking?: string; calls: Call[] };

const bash = (command: string, says: RegExp): Call => ({ name: "bash", input: { command }, says });
const read = (path: string, says: RegExp): Call => ({ name: "read", input: { path }, says });
const edit = (path: string, from: string, to: string, says: RegExp): Call => ({
  name: "edit",
  input: { path, edits: [{ old_string: from, new_string: to }] },
  says,
});

/** What the fake model does, and what each call must come to. Each call is told apart by its result. */
const turns: Turn[] = [
  { text: "I look around.", calls: [{ name: "ls", input: {}, says: /notes\.txt/ }] },
  { thinking: "The notes first.", calls: [read("notes.txt", /alpha/)] },
  { text: "Search.", calls: [{ name: "grep", input: { pattern: "needle-\\d+" }, says: /needle-42/ }] },
  { thinking: "Change it.", text: "Now the edit.", calls: [edit("notes.txt", "alpha", "ALPHA", /./)] },
  { calls: [{ name: "write", input: { path: "src/new.txt", content: "fresh file\n" }, says: /./ }] },
  { thinking: "Prove it.", calls: [bash("cat notes.txt src/new.txt", /ALPHA[\s\S]*fresh file/)] },
  {
    thinking: "Three at once.",
    text: "Three reads.",
    calls: [read("a.txt", /text of a/), read("b.txt", /text of b/), read("c.txt", /text of c/)],
  },
  {
    text: "Two edits of one file and a command.",
    calls: [
      edit("a.txt", "text", "words", /./),
      edit("a.txt", "of a", "of A", /./),
      bash("cat a.txt", /words of A/),
    ],
  },
  { calls: [read("missing.txt", /missing\.txt/)] },
  { thinking: "It is not there.", calls: [bash("echo lost >&2; exit 3", /lost[\s\S]*3/)] },
  { text: "A tool that is not there.", calls: [{ name: "teleport", input: {}, says: /no tool named/ }] },
  { calls: [{ name: "read", input: { file: "a.txt" }, says: /do not fit/ }] },
  {
    thinking: "Plan.",
    calls: [{ name: "todo", input: { items: [{ text: "finish", status: "pending" }] }, says: /./ }],
  },
  { calls: [{ name: "glob", input: { pattern: "**/*.txt" }, says: /src\/new\.txt/ }] },
  {
    thinking: "Bytes beyond ASCII.",
    calls: [bash("printf 'h\\303\\251llo \\342\\202\\254 \\360\\237\\231\\202'", /héllo € 🙂/)],
  },
  {
    text: "Ünïcode “text” 🙂.",
    calls: [{ name: "write", input: { path: "ü 🙂.txt", content: "naïve\n" }, says: /./ }],
  },
  { thinking: 'Quotes " and \\ slashes\nand lines.', calls: [bash("cat 'ü 🙂.txt'", /naïve/)] },
  { calls: [bash("seq 1 30000", /30000/)] },
  {
    thinking: "Same again.",
    text: "Same call twice.",
    calls: [bash("echo one", /one/), bash("echo one", /one/)],
  },
  { thinking: "Last one.", calls: [read("notes.txt", /ALPHA/), bash("wc -l notes.txt", /notes\.txt/)] },
];
const continued: Turn[] = [
  { thinking: "Again.", calls: [read("notes.txt", /ALPHA/)] },
  { text: "On it.", calls: [bash("echo second process", /second process/)] },
];
const handedOver: Turn[] = [{ thinking: "New here.", calls: [bash("echo other vendor", /other vendor/)] }];

type Dialect = {
  name: string;
  model: string;
  /** Who the session is handed over to. */
  heir: string;
  /** Whether thinking is asked for; models of the other vendor think unasked. */
  flags: string[];
  /** As it stands in requests. */
  signature(index: number): string;
  usage(index: number): Partial<FakeUsage>;
};

const counts = (index: number): Partial<FakeUsage> => ({
  input: 100 + 7 * index,
  cached: 50 * index,
  output: 20 + index,
  reasoning: index % 2 === 0 ? 5 + index : 0,
});
const based = (value: string): string => Buffer.from(value).toString("base64");

const dialects: Dialect[] = [
  {
    name: "Anthropic Messages",
    model: "anthropic/claude-sonnet-4-5",
    heir: "openai/gpt-5",
    flags: ["--effort", "medium"],
    signature: (index) => `"sig-${index}"`,
    usage: (index) => ({ ...counts(index), written: 11 * index, written1h: index % 5 === 0 ? 3 : 0 }),
  },
  {
    name: "OpenAI Responses",
    model: "openai/gpt-5",
    heir: "google/gemini-2.5-pro",
    flags: [],
    signature: (index) => `"enc-${index}"`,
    usage: counts,
  },
  {
    name: "Google generateContent",
    model: "google/gemini-2.5-pro",
    heir: "openrouter/anthropic/claude-sonnet-4.5",
    flags: ["--effort", "medium"],
    signature: (index) => `"${based(`sig-${index}`)}"`,
    usage: counts,
  },
  {
    name: "OpenRouter Chat Completions",
    model: "openrouter/anthropic/claude-sonnet-4.5",
    heir: "anthropic/claude-sonnet-4-5",
    flags: ["--effort", "medium"],
    signature: (index) => `"sig-${index}"`,
    usage: (index) => ({ ...counts(index), written: 11 * index, charged: 0.00123 * (index + 1) }),
  },
];

/** What happens at each place in the whole story: four processes, each ending in words (null). */
const story = [turns, continued, handedOver, []].flatMap((own): (Turn | null)[] => [...own, null]);
/** The places at which the other vendor answers. */
const foreign = (index: number): boolean => index === 24 || index === 25;

function answersOf(dialect: Dialect): FakeAnswer[] {
  const heir = dialects.find(({ model }) => model === dialect.heir) ?? dialect;
  return story.map((turn, index): FakeAnswer => {
    const usage = (foreign(index) ? heir : dialect).usage(index);
    if (turn === null) return { text: `Done at ${index}.`, usage };
    const calls = turn.calls.map(({ name, input }, at) => ({ id: `call_${index}_${at}`, name, input }));
    return { ...turn, calls, deltaSize: 3, usage };
  });
}

/** What Tau should have understood of what was reported. */
const understood = (reported: Partial<FakeUsage>): Usage => ({
  ...zeroUsage,
  input: reported.input ?? 0,
  cacheRead: reported.cached ?? 0,
  cacheWrite5m: reported.written ?? 0,
  cacheWrite1h: reported.written1h ?? 0,
  output: reported.output ?? 0,
  reasoning: reported.reasoning ?? 0,
});
const sum = (usages: readonly Usage[]): Usage => usages.reduce(addUsage, zeroUsage);

/** Nano-dollars: what the vendor says it charged, else the catalogue's rates (integer picodollars a token). */
function priceOf(reported: Partial<FakeUsage>, rates: NonNullable<ModelInfo["price"]>["rates"]): number {
  if (typeof reported.charged === "number") return Math.round(reported.charged * 1e9);
  const usage = understood(reported);
  return Math.round(
    (usage.input * rates.input +
      usage.cacheRead * rates.cacheRead +
      usage.cacheWrite5m * rates.cacheWrite5m +
      usage.cacheWrite1h * rates.cacheWrite1h +
      usage.output * rates.output) /
      1000,
  );
}

async function ratesOf(world: World, model: string): Promise<NonNullable<ModelInfo["price"]>["rates"]> {
  const { stdout } = await runTau(world, ["models", "show", model, "--json"]);
  const { price } = JSON.parse(stdout) as ModelInfo;
  if (price === null) throw new Error(`${model} has no price`);
  return price.rates;
}

let world: World;
let fake: FakeUpstream;
afterEach(async () => {
  await fake.close();
  world.remove();
});

describe.each(dialects)("$name", (dialect) => {
  const { model, heir, signature } = dialect;
  it("does twenty tool turns, goes on in a second process, hands over to another vendor and comes back", async () => {
    const answers = answersOf(dialect);
    fake = await startUpstream((_, index) => answers[index] ?? { text: "off the script" });
    world = makeWorld(keysFor(fake.url));
    const connections = join(world.home, "connections");
    world.env.NODE_OPTIONS = `--require "${join(import.meta.dirname, "support/watch-connections.cjs")}"`;
    world.env.TAU_TEST_CONNECTIONS = connections;
    world.file("notes.txt", "alpha\nbeta\n");
    for (const name of ["a", "b", "c"]) world.file(`${name}.txt`, `text of ${name}\n`);
    world.file("deep/hay.txt", "hay\nneedle-42\nhay\n");
    const run = async (task: string, ...more: string[]): Promise<Told> =>
      told(await runTau(world, ["exec", task, "--json", "--mode", "full", ...dialect.flags, ...more]));

    const runs = [
      await run("do the work", "--model", model),
      await run("go on", "-c"),
      await run("you now", "-c", "--model", heir),
      await run("back to you", "-c", "--model", model),
    ];
    delete world.env.NODE_OPTIONS;

    // Every run was a success, in one session, and spoke of nothing but what happened.
    expect(runs.map(({ result }) => [result.reason, result.text])).toEqual([
      ["done", "Done at 20."],
      ["done", "Done at 23."],
      ["done", "Done at 25."],
      ["done", "Done at 26."],
    ]);
    const [{ sessionId }] = runs as [Told, ...Told[]];
    expect(runs.map((one) => one.sessionId)).toEqual(Array(4).fill(sessionId));
    expect(fake.requests).toHaveLength(answers.length);
    expect(runs.map(({ result }) => result.toolCalls)).toEqual([26, 2, 1, 0]);
    expect(readFileSync(join(world.project, "a.txt"), "utf8")).toBe("words of A\n");
    expect(readFileSync(join(world.project, "ü 🙂.txt"), "utf8")).toBe("naïve\n");

    // Usage: what the fake reported is what each run, each entry, the session and the report say; the price is right.
    const reported = answers.map((answer) => answer.usage ?? {});
    const parts = [reported.slice(0, 21), reported.slice(21, 24), reported.slice(24, 26), reported.slice(26)];
    const [own, other] = [await ratesOf(world, model), await ratesOf(world, heir)];
    const costs = parts.map((part, at) =>
      part.map((one) => priceOf(one, at === 2 ? other : own)).reduce((a, b) => a + b, 0),
    );
    expect(runs.map(({ result }) => result.usage)).toEqual(parts.map((part) => sum(part.map(understood))));
    expect(runs.map(({ result }) => result.cost)).toEqual(costs);
    const shown = runs.flatMap(({ events }) => ofType(events, "assistant.message"));
    expect(shown.map((event) => event.usage)).toEqual(reported.map(understood));
    const ledger = await ledgerOf(world, sessionId);
    expect(ofType(ledger, "assistant.message")).toEqual(shown);
    const { stdout } = await runTau(world, ["cost", "all", "--json"]);
    const report = JSON.parse(stdout) as { rows: { key: string }[]; total: object };
    const row = (key: string, at: number[]): object => ({
      key,
      calls: at.reduce((all, part) => all + (parts[part]?.length ?? 0), 0),
      usage: sum(at.flatMap((part) => (parts[part] ?? []).map(understood))),
      cost: at.reduce((all, part) => all + (costs[part] ?? 0), 0),
      unpricedCalls: 0,
    });
    expect(report.rows.toSorted((a, b) => a.key.localeCompare(b.key))).toEqual(
      [row(model, [0, 1, 3]), row(heir, [2])].toSorted((a, b) =>
        (a as { key: string }).key.localeCompare((b as { key: string }).key),
      ),
    );
    expect(report.total).toEqual({ ...row("", [0, 1, 2, 3]), key: null });

    // Requests: each begins with the one before it to the same vendor, byte for byte, and every call has its result.
    const conversations = fake.requests.map(conversationOf);
    expect(conversations.map(pairingFaults)).toEqual(conversations.map(() => []));
    const mine = conversations.filter((_, index) => !foreign(index));
    const theirs = conversations.slice(24, 26);
    for (const line of [mine, theirs]) {
      const faults = line.slice(1).map((later, at) => prefixFault(line[at] as typeof later, later));
      expect(faults.filter((fault) => fault !== null)).toEqual([]);
    }
    const last = mine.at(-1);
    const results = last?.items.filter((item) => item.kind === "result") ?? [];
    const expected = story.flatMap((turn) => turn?.calls ?? []);
    expect(results).toHaveLength(expected.length);
    for (const [at, call] of expected.entries()) expect(results[at]?.text).toMatch(call.says);
    expect(
      last?.items.filter((item) => item.kind === "call").map(({ name, input }) => ({ name, input })),
    ).toEqual(expected.map(({ name, input }) => ({ name, input })));

    // Thoughts go back, signed, to who had them, and to nobody else.
    const thoughtful = story.flatMap((turn, index) => (turn?.thinking === undefined ? [] : [index]));
    for (const [index, { raw }] of fake.requests.entries()) {
      const signed = thoughtful.filter((thought) => raw.includes(signature(thought)));
      const before = thoughtful.filter((thought) => thought < index && foreign(thought) === foreign(index));
      if (!foreign(index)) expect(signed).toEqual(before);
      else expect(raw).not.toMatch(/"(sig|enc)-([0-9]|1\d|2[0-3])"/);
      for (const thought of thoughtful.filter((one) => foreign(one) !== foreign(index)))
        expect(raw).not.toContain(based(`sig-${thought}`));
    }

    // Nothing was said to anybody else, and each run says whom it spoke to.
    const host = fake.url.replace("http://", "");
    expect([...new Set(readFileSync(connections, "utf8").trim().split("\n"))]).toEqual([host]);
    expect(runs.map(({ result }) => result.hosts)).toEqual(
      parts.map((part) => [{ host, requests: part.length }]),
    );
  });
});
