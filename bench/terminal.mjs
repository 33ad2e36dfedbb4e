// The terminal's rows that are timings: the built binary in a pseudo-terminal, with nothing beside it that draws. Wall
// times on a shared machine are the longest of its rows to trust; CPU times are told beside them.
import { cpuOf, openPty, statusOf } from "./pty.mjs";
import { median, p95 } from "./table.mjs";

/** What the composer says while nothing runs and nothing is typed. */
export const invitation = "what shall we do?";
/** Keys that no answer of bench/answers.mjs holds and no escape sequence ends in. */
const letters = "EFGINOQRUVWXYZ";
const emptied = "\x15";
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Tau with a model of bench/upstream.mjs, at its prompt. */
export async function atPrompt(bench, model, size = {}) {
  const pty = openPty([bench.tau, "-m", `anthropic/${model}`, "--mode", size.mode ?? "full"], {
    ...bench,
    ...size,
  });
  await pty.seen(invitation);
  return pty;
}

/** Types so many keys, one each `everyMs`: milliseconds from each to its letter on the terminal, and bytes a key. */
async function typed(pty, count, everyMs) {
  const times = [];
  const before = pty.bytes();
  for (let key = 0; key < count; key += 1) {
    const letter = letters[key % letters.length];
    pty.forget();
    const at = performance.now();
    pty.write(letter);
    times.push((await pty.seen(letter)) - at);
    if (key % letters.length === letters.length - 1) {
      pty.write(emptied);
      await pause(everyMs);
    }
    await pause(everyMs);
  }
  const perKey = (pty.bytes() - before) / count;
  pty.write(emptied);
  await pty.settled(60);
  return { times, perKey };
}

/** Sends a task and waits until the answer's end is on the terminal and nothing follows. */
async function answered(pty) {
  pty.forget();
  const at = performance.now();
  pty.write("go\r");
  await pty.seen("the end");
  return (await pty.settled()) - at;
}

/** Adds the rows. */
export async function terminal(bench) {
  const { table, rounds, env, project } = bench;
  const { report, note } = table;
  const few = Math.min(rounds, 5);

  const warm = await atPrompt(bench, "paced-lines"); // fills the code cache
  await warm.close();

  const starts = { bare: [], ready: [], key: [], cpu: [] };
  for (let round = 0; round < rounds; round++) {
    const bare = openPty(["-e", "0"], { env, project });
    await bare.ended;
    starts.bare.push(performance.now() - bare.begunAt);
    const tau = await atPrompt(bench, "short");
    starts.ready.push(performance.now() - tau.begunAt);
    starts.cpu.push(cpuOf(tau.pid));
    tau.forget();
    tau.write("Q");
    starts.key.push((await tau.seen("Q")) - tau.begunAt);
    await tau.close();
  }
  const bare = median(starts.bare);
  report(
    "prompt ready and first key shown, over bare node",
    median(starts.key) - bare,
    "ms",
    250,
    `bare ${bare.toFixed(0)} ms in the same terminal, prompt after ${(median(starts.ready) - bare).toFixed(0)} ms, CPU ${median(starts.cpu).toFixed(0)} ms`,
  );

  const idle = await atPrompt(bench, "answer-lines-16-0");
  await pause(3_000);
  const before = { cpu: cpuOf(idle.pid), wakeUps: statusOf(idle.pid).wakeUps, bytes: idle.bytes() };
  await pause(10_000);
  // V8 looks after its memory every 8 s for a while, and its threads wake with it; a timer of ours would be ten or more.
  const wakeUps = statusOf(idle.pid).wakeUps - before.wakeUps;
  report(
    "idle for 10 s: CPU",
    cpuOf(idle.pid) - before.cpu,
    "ms of CPU",
    10,
    "one tick of the kernel's count",
  );
  report("idle for 10 s: wake-ups of all threads", wakeUps, "times", 8, "V8's own collections");
  report("idle for 10 s: written", idle.bytes() - before.bytes, "bytes", 0);
  report("memory at the prompt", statusOf(idle.pid).rssMb, "MB", 130);

  const empty = await typed(idle, 140, 8);
  report(
    "key to screen in an empty session, p95",
    p95(empty.times),
    "ms",
    8,
    `median ${median(empty.times).toFixed(1)} ms`,
  );
  report("bytes a key", empty.perKey, "bytes", 100);
  for (let turn = 0; turn < 10; turn += 1) await answered(idle);
  const full = await typed(idle, 140, 8);
  report(
    "key to screen behind 50,000 lines, p95",
    p95(full.times),
    "ms",
    8,
    `median ${median(full.times).toFixed(1)} ms, memory ${statusOf(idle.pid).rssMb.toFixed(0)} MB`,
  );
  await idle.close();

  for (const [what, model] of [
    ["200 KB of paragraphs, lists and code", "answer-mixed-16-0"],
    ["200 KB in one paragraph", "answer-sentence-16-0"],
  ]) {
    const runs = [];
    for (let round = 0; round < few; round++) {
      const tau = await atPrompt(bench, model);
      const cpu = cpuOf(tau.pid);
      const at = performance.now();
      tau.write("go\r");
      await tau.seen("the end");
      runs.push({
        wall: (await tau.settled(600)) - at,
        cpu: cpuOf(tau.pid) - cpu,
        mb: statusOf(tau.pid).peakMb,
      });
      await tau.close();
    }
    report(
      `${what}: final on screen`,
      median(runs.map((run) => run.wall)),
      "ms",
      600,
      `CPU ${median(runs.map((run) => run.cpu)).toFixed(0)} ms`,
    );
    report(`${what}: peak memory`, median(runs.map((run) => run.mb)), "MB", 150);
  }

  const paced = await atPrompt(bench, "paced-mixed");
  const cpu = cpuOf(paced.pid);
  const bytes = paced.bytes();
  const at = performance.now();
  await answered(paced);
  const share = (cpuOf(paced.pid) - cpu) / (performance.now() - at - 400);
  report(
    "400 tokens/s: share of a core",
    share * 100,
    "%",
    15 * table.cpuStretch,
    `${((share * 100) / table.cpuStretch).toFixed(1)} % on the budgets' machine`,
  );
  note("400 tokens/s: bytes for a character", `${((paced.bytes() - bytes) / 12_000).toFixed(2)} x`);
  paced.write("go\r");
  await paced.seen("part 1");
  const while400 = await typed(paced, 100, 30);
  report(
    "400 tokens/s: key to screen, p95",
    p95(while400.times),
    "ms",
    8,
    `median ${median(while400.times).toFixed(1)} ms`,
  );
  await paced.close();
}
