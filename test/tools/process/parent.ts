/** A stand-in for Tau that a test may kill: starts the commands of argv[2], prints its helper's pid, waits for ever. */
import { ProcessHost, type ProcessHostOptions } from "../../../src/tools/process/client.ts";
import type { CommandSpec } from "../../../src/tools/process/protocol.ts";

const { options, specs } = JSON.parse(process.argv[2] ?? "") as {
  options: Omit<ProcessHostOptions, "now">;
  specs: CommandSpec[];
};
const host = new ProcessHost({ ...options, now: Date.now });
const started = await Promise.all(specs.map((spec) => host.start(spec, spec.argv.join(" "))));
process.stdout.write(`${JSON.stringify({ helper: host.helperPid, started: started.length })}\n`);
setInterval(() => undefined, 1 << 30);
