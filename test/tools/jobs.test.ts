import { describe, expect, it } from "vitest";
import { bashTool } from "../../src/tools/bash.ts";
import { jobsTool } from "../../src/tools/jobs.ts";
import { isAlive, never, processBench, until } from "./process/support.ts";

const bench = processBench();
const host = bench.host();
const environment = { PATH: process.env.PATH ?? "" };
const bash = bashTool({ host, shell: "/bin/bash", environment, now: Date.now });
const jobs = jobsTool({ host, now: Date.now });
const context = { callId: "c1", cwd: bench.dir, signal: never, emit: () => undefined };

const ask = (input: object) => jobs.run(jobs.input.parse(input), context);

async function begin(command: string): Promise<{ id: number; pid: number }> {
  const result = await bash.run(bash.input.parse({ command, background: true }), context);
  return { id: Number(result.facts?.job), pid: Number(result.facts?.pid) };
}

describe("jobs", () => {
  it("shows nothing before anything was started", async () => {
    expect((await ask({ action: "list" })).output).toBe("No background jobs.");
  });

  it("follows a job from its start to its stop", async () => {
    const fifo = `${bench.dir}/go`;
    const { id, pid } = await begin(`mkfifo ${fifo}; echo one; read x < ${fifo}; echo $x; exec sleep 300`);
    const read = async (since: number) => (await ask({ action: "output", id, since })).output;
    await until(() => host.list().length === 1, 1_000, "the job is listed");
    let first = await ask({ action: "output", id });
    while (first.output !== "one") first = await ask({ action: "output", id });
    expect(first.facts).toEqual({ job: id, next: 4, running: true });
    await bash.run(bash.input.parse({ command: `echo two > ${fifo}` }), context);
    let second = await read(4);
    while (second !== "two") second = await read(4);
    expect(await read(8)).toBe("(no new output)");
    const list = await ask({ action: "list" });
    expect(list.output).toContain(`${id}\trunning`);
    expect(list.display[0]).toMatchObject({
      type: "table",
      rows: [[String(id), "running", "0 s", String(pid), expect.stringContaining("mkfifo")]],
    });
    expect((await ask({ action: "stop", id })).output).toBe(`Job ${id} stopped.`);
    expect(isAlive(pid)).toBe(false);
    const after = await ask({ action: "output", id });
    expect(after).toMatchObject({ output: "one\ntwo", facts: { running: false } });
    expect(after.note).toContain("stopped");
  });

  it("tells what it no longer holds, and where it is", async () => {
    const { id } = await begin("seq 1 100000; exit 4");
    await until(() => host.list().find((job) => job.id === id)?.outcome != null, 5_000, "the job ends");
    const result = await ask({ action: "output", id });
    expect(result.output).toMatch(/^\[\.\.\. \d+ bytes left out; full output in \/.*\.log \.\.\.\]\n/);
    expect(String(result.output).endsWith("99999\n100000")).toBe(true);
    expect(result.note).toContain("exited with 4");
  });

  it.each([
    [{ action: "output" }, "needs the id"],
    [{ action: "stop" }, "needs the id"],
    [{ action: "output", id: 999 }, "no job 999"],
    [{ action: "stop", id: 999 }, "no job 999"],
  ])("answers %j with what is wrong", async (input, message) => {
    expect(await ask(input)).toMatchObject({ isError: true, output: expect.stringContaining(message) });
  });
});
