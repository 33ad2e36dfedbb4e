/**
 * The process helper: a small process that starts every command, because a fork costs as much as the memory of the
 * process that forks, and because somebody must be left to end the commands when Tau is killed. It lives in a session
 * of its own, out of reach of a Ctrl+C in the terminal, and dies with the socket to Tau. Node built-ins only.
 */
import { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { FifoPool } from "./fifo.ts";
import { Job } from "./job.ts";
import { type HelperConfig, type HelperEvent, type HelperRequest, lineReader } from "./protocol.ts";
import { Registry, reapOrphans } from "./registry.ts";
import { endProcesses } from "./table.ts";

/** The descriptor of the socket to Tau. */
const channelFd = 3;
/** Unread events above this and live output is dropped: Tau is busy or stopped. */
const channelMaxBytes = 256 * 1024;
/** What commands get between SIGTERM and SIGKILL when Tau is gone; everything must be over within a second. */
const lastGraceMs = 250;

function main(config: HelperConfig): void {
  process.title = "tau-helper";
  const channel = new Socket({ fd: channelFd });
  const registry = new Registry(config.stateDir, config.hostId);
  const pipes = new FifoPool(join(config.stateDir, config.hostId));
  const jobs = new Map<number, Job>();
  const groups = new Map<number, number>();

  const send = (event: HelperEvent) => {
    if (event.ev === "output" && channel.writableLength > channelMaxBytes) return;
    if (!channel.destroyed) channel.write(`${JSON.stringify(event)}\n`);
  };

  const paused = new Set<Readable>();
  channel.on("drain", () => {
    for (const reader of paused) reader.resume();
    paused.clear();
  });

  const run = async (request: HelperRequest & { op: "run" | "talk" }) => {
    const { id, spec } = request;
    const live = request.op === "talk" || request.live;
    const marker = `${config.hostId}.${id}.`;
    const spillPath = join(config.spillDir, `${config.hostId}-${id}.log`);
    const job = new Job(marker, spillPath, spec, live, {
      started(pid) {
        groups.set(id, pid);
        registry.add(pid);
        send({ ev: "started", id, pid });
      },
      output: (text, skippedBytes) => send({ ev: "output", id, text, skippedBytes }),
      ...(request.op === "talk" && {
        said(text: string, reader: Readable) {
          send({ ev: "said", id, text });
          if (!channel.writableNeedDrain) return;
          reader.pause();
          paused.add(reader);
        },
      }),
      ended(outcome) {
        send({ ev: "ended", id, outcome });
        const pid = groups.get(id);
        groups.delete(id);
        if (pid !== undefined) registry.remove(pid);
        void pipes.fill();
      },
    });
    jobs.set(id, job);
    job.start(spec, await pipes.take(), config.outerMarker);
  };

  let leaving = false;
  const leave = async () => {
    if (leaving) return;
    leaving = true;
    // A short run must not cut the clearing away short: nobody else would end what a killed helper left.
    const mine = endProcesses({ groups: [...groups.values()], marker: `${config.hostId}.` }, lastGraceMs);
    await Promise.allSettled([mine, reaping]);
    pipes.close();
    registry.close();
    process.exit(0);
  };

  channel.on(
    "data",
    lineReader<HelperRequest>((request) => {
      if (leaving) return;
      if (request.op === "run" || request.op === "talk") void run(request);
      else if (request.op === "say") jobs.get(request.id)?.say(request.text);
      else if (request.op === "stop") jobs.get(request.id)?.end("stop");
      else if (request.op === "forget") jobs.delete(request.id);
      else {
        const page = jobs.get(request.id)?.output.page(request.since) ?? null;
        send({ ev: "page", request: request.request, page });
      }
    }),
  );
  channel.on("error", () => void leave());
  channel.on("close", () => void leave());
  channel.on("end", () => void leave());
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void leave());
  process.on("uncaughtException", (error) => {
    send({ ev: "fatal", message: error.message });
    void leave();
  });

  void pipes.fill();
  const reaping = reapOrphans(config.stateDir);
}

main(JSON.parse(process.argv[2] ?? "{}") as HelperConfig);
