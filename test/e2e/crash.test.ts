/** `kill -9` and every other sudden end, at every kind of instant: nothing shown is lost, run twice or left behind. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentEvent, Entry } from "../../src/core/event.ts";
import { conversationOf, pairingFaults, prefixFault } from "../support/upstream/conversation.ts";
import type { FakeAnswer, FakeCall, Script } from "../support/upstream/script.ts";
import type { FakeUpstream } from "../support/upstream/server.ts";
import { allGone, clinging, makeMark, marked } from "./support/marked.ts";
import { eventsIn, isEntry, ledgerOf, ofType, told, until } from "./support/run.ts";
import { call, model, type Scene, scene } from "./support/scene.ts";
import { type Running, startTau, type World } from "./support/tau.ts";

const linux = process.platform === "linux";
const exec = (world: World, ...args: string[]): Running =>
  // A group of its own, as a shell gives each job.
  startTau(world, ["exec", "--json", "--mode", "full", "--model", model, ...args], { detached: true });
const saw = (running: Running, type: AgentEvent["type"]): boolean =>
  running.stdoutSoFar().includes(`"type":"${type}"`);

const shownBy = (run: Running): Entry[] => eventsIn(run.stdoutSoFar()).filter(isEntry);

/** The entries that readers were shown and the ledger does not hold, word for word. */
async function lost(world: World, shown: readonly Entry[]): Promise<Entry[]> {
  const [first] = shown;
  if (first === undefined) return [];
  const kept = new Map((await ledgerOf(world, first.sessionId)).map((entry) => [entry.id, entry]));
  return shown.filter((entry) => JSON.stringify(kept.get(entry.id)) !== JSON.stringify(entry));
}

/** What is wrong with the requests of one session: calls without their result, or a history that was rewritten. */
function requestFaults(fake: FakeUpstream): string[] {
  const conversations = fake.requests.map(conversationOf);
  return conversations.flatMap((later, index) => {
    const before = conversations[index - 1];
    const departed = before === undefined ? null : prefixFault(before, later);
    return [...pairingFaults(later), ...(departed === null ? [] : [departed])].map(
      (fault) => `request ${index}: ${fault}`,
    );
  });
}

const lines = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];

type Instant = {
  name: string;
  /** Answers up to the end of the run; those after it are "All done.". `side` is the file the command writes to. */
  answers(mark: string): FakeAnswer[];
  /** The instant has come. */
  come(running: Running, scene: Scene): boolean;
  /** What the model must be told of each call of the run, by its id. */
  results: Record<string, RegExp>;
  /** What must be in the ledger of the cut turn when it was given the chance to end. */
  kept(entries: readonly Entry[]): void;
};

const slowly: FakeAnswer = { text: "word by word by word ".repeat(100), deltaSize: 5, deltaMs: 20 };
const side = "side.log";
const running = (_: Running, { world }: Scene): boolean => existsSync(join(world.project, `${side}.ready`));

const instants: Instant[] = [
  {
    name: "during a stream",
    answers: () => [{ calls: [call("bash", { command: `echo first >> ${side}` }, "first")] }, slowly],
    come: (run) => saw(run, "text.delta"),
    results: { first: /no output/ },
    kept(entries) {
      const last = ofType(entries, "assistant.message").at(-1);
      expect(last?.end.reason).toBe("aborted");
      expect(JSON.stringify(last?.parts)).toMatch(/word/);
    },
  },
  {
    name: "during a stream, in the middle of a call's arguments",
    answers: () => [
      {
        text: "Writing.",
        calls: [call("write", { path: side, content: "x".repeat(4000) }, "cut")],
        // Long enough for the signal to come in between on a busy machine.
        deltaMs: 700,
      },
    ],
    come: (run) => saw(run, "tool.input.delta"),
    results: {},
    kept(entries) {
      expect(JSON.stringify(ofType(entries, "assistant.message").at(-1)?.parts)).toMatch(/malformed/);
    },
  },
  {
    name: "during a command, with another one waiting for it",
    answers: (mark) => [
      {
        calls: [
          call("read", { path: "notes.txt" }, "done"),
          call("bash", { command: clinging(mark, side) }, "running"),
          call("bash", { command: `echo late >> ${side}` }, "waiting"),
        ],
      },
    ],
    come: running,
    results: { done: /the notes/, running: /interrupted/i, waiting: /not run|was not run/i },
    kept(entries) {
      expect(ofType(entries, "tool.finished").map(({ callId, status }) => [callId, status])).toEqual(
        expect.arrayContaining([
          ["done", "ok"],
          ["running", "interrupted"],
          ["waiting", "interrupted"],
        ]),
      );
    },
  },
  {
    name: "during a command, with a job in the background",
    answers: (mark) => [
      {
        calls: [
          call("bash", { command: `exec -a ${mark}-job sleep 300`, background: true }, "job"),
          call("bash", { command: clinging(mark, side) }, "running"),
        ],
      },
    ],
    come: running,
    results: { job: /Started background job/, running: /interrupted/i },
    kept(entries) {
      expect(ofType(entries, "tool.finished").find(({ callId }) => callId === "running")?.status).toBe(
        "interrupted",
      );
    },
  },
  {
    name: "between steps",
    answers: () => [
      { calls: [call("bash", { command: `echo first >> ${side}` }, "first")] },
      { fault: { type: "silence", pings: true } },
    ],
    come: (_, { fake }) => fake.requests.length === 2,
    results: { first: /no output/ },
    kept(entries) {
      expect(ofType(entries, "tool.finished").map(({ status }) => status)).toEqual(["ok"]);
    },
  },
  {
    name: "while waiting for a retry",
    answers: () => [
      { calls: [call("bash", { command: `echo first >> ${side}` }, "first")] },
      { fault: { type: "status", status: 529, headers: { "retry-after": "50" } } },
    ],
    come: (run) => saw(run, "retry.scheduled"),
    results: { first: /no output/ },
    kept(entries) {
      expect(ofType(entries, "attempt.failed").map(({ error }) => error.code)).toEqual(["overloaded"]);
    },
  },
];

/** Runs up to the instant. */
async function upTo(
  instant: Instant,
  ...flags: string[]
): Promise<{ stage: Scene; run: Running; mark: string }> {
  const mark = makeMark();
  const stage = await scene(instant.answers(mark));
  stage.world.file("notes.txt", "the notes\n");
  const run = exec(stage.world, "do it", ...flags);
  await until(instant.name, () => instant.come(run, stage) || run.child.exitCode !== null, 20_000);
  if (instant.come === running) await until("all its processes", () => marked(mark).length >= 4);
  return { stage, run, mark };
}

/** The session goes on, with every call told as it was and none run again. */
async function goesOn(
  { world, fake }: Scene,
  { results: expected }: Pick<Instant, "results">,
): Promise<void> {
  const before = lines(join(world.project, side));
  const next = told(await exec(world, "go on", "-c").finished);
  expect(next.result.reason).toBe("done");
  expect(requestFaults(fake)).toEqual([]);
  const last = fake.requests.at(-1);
  const items = last === undefined ? [] : conversationOf(last).items;
  const results = Object.fromEntries(
    items.flatMap((item) => (item.kind === "result" ? [[item.id, item.text]] : [])),
  );
  for (const [id, says] of Object.entries(expected)) expect(results[id]).toMatch(says);
  expect(items.filter((item) => item.role === "user" && item.kind === "text").at(-1)).toMatchObject({
    text: "go on",
  });
  expect(lines(join(world.project, side))).toEqual(before);
}

describe.skipIf(!linux)("kill -9", () => {
  it.each(instants)(
    "$name: all that was shown is kept, nothing is run again, no process survives",
    async (instant) => {
      const { stage, run, mark } = await upTo(instant);
      run.child.kill("SIGKILL");
      await run.finished;
      await allGone(mark);
      expect(await lost(stage.world, shownBy(run))).toEqual([]);
      expect(lines(join(stage.world.project, side)).length).toBeLessThanOrEqual(1);
      await goesOn(stage, instant);
    },
  );

  it("of tau and its process helper at one instant: the next command clears away what they left", async () => {
    const mark = makeMark();
    const stage = await scene([
      { calls: [call("bash", { command: clinging(mark, side) }, "running")] },
      { calls: [call("bash", { command: "true" }, "next")] },
    ]);
    const run = exec(stage.world, "do it");
    await until("the command to run", () => running(run, stage) && marked(mark).length >= 4, 20_000);
    const tau = run.child.pid ?? 0;
    const helpers = childrenOf(tau);
    expect(helpers).toHaveLength(1);
    for (const pid of [...helpers, tau]) process.kill(pid, "SIGKILL");
    await run.finished;
    // Some may have been between two short-lived children; that there is something to clear away is the point.
    expect(marked(mark).length).toBeGreaterThan(0);
    await goesOn(stage, { results: { running: /interrupted/i } });
    await allGone(mark);
  });

  it("at two dozen random instants of sessions that go on: nothing shown is lost, nothing is run twice", async () => {
    const random = seeded(20_261_124);
    const chains = await Promise.all(Array.from({ length: 4 }, () => chain(6, random)));
    const count = (pick: (of: Chain) => number): number => chains.reduce((sum, one) => sum + pick(one), 0);
    process.stdout.write(
      `kills ${count((one) => one.kills)}, resumed ${count((one) => one.resumed)}, ` +
        `entries shown ${count((one) => one.shown.length)}, lost ${count((one) => one.lost.length)}, ` +
        `commands done ${count((one) => one.done)}, cut ${count((one) => one.cut)}, never begun ${count((one) => one.unborn)}\n`,
    );
    expect(chains.flatMap((one) => [...one.lost, ...one.faults])).toEqual([]);
    expect(count((one) => one.resumed)).toBe(24);
    // The instants were such that there was something to lose.
    expect(count((one) => one.shown.length)).toBeGreaterThan(200);
    expect(count((one) => one.cut)).toBeGreaterThan(0);
  }, 240_000);
});

type Stop = {
  name: string;
  flags: string[];
  stop(run: Running): void;
  reason: string;
  code: number;
  at: readonly Instant[];
};

const signal = (name: NodeJS.Signals) => (run: Running) => void run.child.kill(name);
const wholeGroup = (run: Running): void => void process.kill(-(run.child.pid ?? 0), "SIGINT");
const [stream, command] = [instants[0], instants[3]] as [Instant, Instant];

const stops: Stop[] = [
  { name: "SIGINT", flags: [], stop: signal("SIGINT"), reason: "interrupted", code: 130, at: instants },
  {
    name: "SIGINT to the whole group",
    flags: [],
    stop: wholeGroup,
    reason: "interrupted",
    code: 130,
    at: [command],
  },
  {
    name: "SIGTERM",
    flags: [],
    stop: signal("SIGTERM"),
    reason: "terminated",
    code: 143,
    at: [stream, command],
  },
  { name: "SIGHUP", flags: [], stop: signal("SIGHUP"), reason: "terminated", code: 143, at: [command] },
  {
    name: "--timeout",
    flags: ["--timeout", "2.5"],
    stop: () => {},
    reason: "timeout",
    code: 124,
    at: [stream, command],
  },
];

describe.skipIf(!linux)("A stop", () => {
  it.each(
    stops.flatMap(({ at, ...stop }) => at.map((instant) => ({ ...stop, instant, when: instant.name }))),
  )(
    "by $name $when ends in code $code with everything kept and nothing left behind",
    async ({ instant, flags, stop, reason, code }) => {
      const { stage, run, mark } = await upTo(instant, ...flags);
      const stopped = performance.now();
      stop(run);
      const { events, result, sessionId } = told(await run.finished);
      expect(performance.now() - stopped).toBeLessThan(flags.length > 0 ? 5_000 : 3_500);
      await allGone(mark);
      expect([result.exitCode, result.reason, result.error?.code]).toEqual([code, reason, reason]);
      const ledger = await ledgerOf(stage.world, sessionId);
      expect(ledger).toEqual(events.filter(isEntry));
      const { type, usage, cost } = ledger.at(-1) as Extract<Entry, { type: "turn.ended" }>;
      expect({ type, usage, cost }).toEqual({ type: "turn.ended", usage: result.usage, cost: result.cost });
      instant.kept(ledger);
      await goesOn(stage, instant);
    },
  );

  it("by a second SIGINT does not wait for a command that ignores the first, and still says how it ended", async () => {
    const mark = makeMark();
    const stubborn = `trap 'echo asked >> asked.log' TERM INT HUP; echo ran >> ${side}; exec 3> ${side}.ready
      while :; do (exec -a ${mark} sleep 0.02); done`;
    const stage = await scene([{ text: "Wait.", calls: [call("bash", { command: stubborn }, "running")] }]);
    const run = exec(stage.world, "do it");
    await until("the command to run", () => running(run, stage), 20_000);
    run.child.kill("SIGINT");
    await until("the command to be asked to end", () => existsSync(join(stage.world.project, "asked.log")));
    const again = performance.now();
    run.child.kill("SIGINT");
    const { result, sessionId } = told(await run.finished);
    expect(performance.now() - again).toBeLessThan(3_000);
    await allGone(mark);
    expect([result.exitCode, result.reason]).toEqual([130, "interrupted"]);
    const ledger = await ledgerOf(stage.world, sessionId);
    const [cut] = ofType(ledger, "tool.finished");
    expect(cut?.status).toBe("interrupted");
    expect(JSON.stringify(cut?.output)).toMatch(/Tau closed while the command ran/);
    expect(ledger.at(-1)?.type).toBe("turn.ended");
    await goesOn(stage, { results: { running: /ended/ } });
  });
});

/** Pids of the direct children of a process. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

/** Uniform in [0, 1), the same sequence every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Chain = {
  kills: number;
  resumed: number;
  /** Entries shown before a kill. */
  shown: Entry[];
  lost: Entry[];
  faults: string[];
  /** Commands told to the model as done, as cut off, and as never begun. */
  done: number;
  cut: number;
  unborn: number;
};

/** Each turn: a few answers in small pieces, with commands that leave a trace, one alone or two beside a read. */
const work: Script = (request, index) => {
  const { items } = conversationOf(request);
  const asked = items.findLastIndex((item) => item.kind === "text" && item.role === "user");
  const said = items[asked];
  const calls = items.slice(asked).flatMap((item) => (item.kind === "call" ? [item.id.split("-")[0]] : []));
  const text = `answer ${index} `.repeat(8);
  if (said?.kind === "text" && said.text === "are you there?") return { text: "Yes." };
  if (new Set(calls).size >= 5) return { text, deltaSize: 6, deltaMs: 2 };
  const command = (at: number): FakeCall =>
    call("bash", { command: `echo ${index}-${at} >> ${side}; sleep 0.06` }, `${index}-${at}`);
  const read = call("read", { path: "notes.txt", offset: (index % 50) + 1 }, `${index}-1`);
  return {
    text,
    deltaSize: 12,
    deltaMs: 2,
    calls: index % 2 === 0 ? [command(0)] : [command(0), read, command(2)],
  };
};

/** One session, killed again and again; after each kill it is asked whether it can go on. */
async function chain(kills: number, random: () => number): Promise<Chain> {
  const { world, fake } = await scene(work);
  world.file("notes.txt", "a line\n".repeat(60));
  const came: Chain = { kills: 0, resumed: 0, shown: [], lost: [], faults: [], done: 0, cut: 0, unborn: 0 };
  while (came.kills < kills) {
    const run = exec(world, "work on", ...(came.kills === 0 ? [] : ["-c"]));
    // So many lines of output into the run, and a moment more. The first line says that there is a session.
    const [after, more] = [1 + Math.floor(random() * 60), random() * 25];
    const ended = (): boolean => run.child.exitCode !== null;
    await until("the instant", () => lineCount(run) >= after || ended(), 20_000);
    await new Promise((resolve) => setTimeout(resolve, more));
    if (!ended() && run.child.kill("SIGKILL")) came.kills += 1;
    await run.finished;
    came.shown.push(...shownBy(run));
    const next = await exec(world, "are you there?", "-c").finished;
    if (told(next).result.text === "Yes.") came.resumed += 1;
  }
  // The ledger is only ever added to: what is there now was there after each kill.
  came.lost = await lost(world, came.shown);
  came.faults.push(...requestFaults(fake));
  const traces = lines(join(world.project, side));
  const last = fake.requests.at(-1);
  for (const item of last === undefined ? [] : conversationOf(last).items) {
    if (item.kind !== "result" || item.id.endsWith("-1")) continue;
    const times = traces.filter((trace) => trace === item.id).length;
    const unborn = /not run:|was not run/i.test(item.text) && !/had started/.test(item.text);
    const cut = !unborn && /interrupted/i.test(item.text);
    came[unborn ? "unborn" : cut ? "cut" : "done"] += 1;
    const fits = unborn ? times === 0 : cut ? times <= 1 : times === 1;
    if (!fits) came.faults.push(`${item.id} ran ${times} times, the model was told: ${item.text}`);
  }
  return came;
}

const lineCount = (run: Running): number => run.stdoutSoFar().split("\n").length - 1;
