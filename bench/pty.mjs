// Tau in a pseudo-terminal without an emulator, whose work would be measured with it: bytes go by, and the time of each.
import { readdirSync, readFileSync } from "node:fs";
import { spawn } from "@lydell/node-pty";

/** Opens `node ARGS` in a terminal of 120 x 40. */
export function openPty(args, { env, project, columns = 120, rows = 40 }) {
  const begunAt = performance.now();
  const child = spawn(process.execPath, args, {
    name: "xterm-256color",
    cols: columns,
    rows,
    cwd: project,
    env,
  });
  let text = "";
  let bytes = 0;
  let lastAt = begunAt;
  const listeners = new Set();
  child.onData((chunk) => {
    lastAt = performance.now();
    bytes += Buffer.byteLength(chunk);
    text += chunk;
    for (const listener of [...listeners]) listener(chunk, lastAt);
  });
  const ended = new Promise((done) => child.onExit(done));
  return {
    pid: child.pid,
    begunAt,
    ended,
    write: (keys) => child.write(keys),
    resize: (nextColumns, nextRows) => child.resize(nextColumns, nextRows),
    bytes: () => bytes,
    text: () => text,
    onChunk: (listener) => listeners.add(listener),
    /** Forgets what came, so that `seen` looks at what comes from here on. */
    forget() {
      text = "";
    },
    /** When the bytes that came hold `wanted`. */
    seen(wanted, ms = 60_000) {
      if (text.includes(wanted)) return Promise.resolve(lastAt);
      return new Promise((done, fail) => {
        const stop = () => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        const look = (_chunk, at) => {
          if (!text.includes(wanted)) return;
          stop();
          done(at);
        };
        const timer = setTimeout(() => {
          stop();
          fail(new Error(`"${wanted}" did not come within ${ms} ms: ${JSON.stringify(text.slice(-500))}`));
        }, ms);
        listeners.add(look);
      });
    },
    /** When the last byte came, once none has come for `ms`. */
    async settled(ms = 400) {
      for (;;) {
        const left = lastAt + ms - performance.now();
        if (left <= 0) return lastAt;
        await new Promise((done) => setTimeout(done, left));
      }
    },
    async close() {
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await ended;
      clearTimeout(hard);
    },
  };
}

/** CPU time of a process so far, in ms (the kernel counts it in tens). */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What the kernel tells of a process: memory now and at most in MB, and how often its threads went to sleep. */
export function statusOf(pid) {
  const of = (status, name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]);
  const whole = readFileSync(`/proc/${pid}/status`, "latin1");
  const threads = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(`/proc/${pid}/task/${task}/status`, "latin1"),
  );
  return {
    rssMb: of(whole, "VmRSS") / 1024,
    peakMb: of(whole, "VmHWM") / 1024,
    wakeUps: threads.reduce((sum, status) => sum + of(status, "voluntary_ctxt_switches"), 0),
  };
}
