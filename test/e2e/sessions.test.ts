/** A session's life on disk: its outputs, its way out and back in, its end. */
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { call, model, resultsIn, rows, scene } from "./support/scene.ts";
import { runTau } from "./support/tau.ts";

it("keeps a long output beside the session, reads it again after an export and import, and deletes it with the session", async () => {
  const print = 'i=0; while [ $i -lt 20000 ]; do echo "line $i"; i=$((i+1)); done';
  const { world, fake, exec } = await scene([
    { calls: [call("bash", { command: print })] },
    { text: "Printed." },
    { calls: [call("bash", { command: "true" })] },
  ]);
  const tau = (...args: string[]) => runTau(world, args);
  const { result } = await exec(["print much", "--mode", "full"]);
  const id = String(result.sessionId);
  const outputs = join(world.env.TAU_HOME ?? "", "state/output");
  expect(readdirSync(outputs).filter((name) => !name.startsWith("."))).toEqual([id]);
  const [file = ""] = readdirSync(join(outputs, id));
  const saved = join(outputs, id, file);
  expect(statSync(saved).size).toBeGreaterThan(200_000);
  expect(resultsIn(fake, 1)[0]).toContain(saved);

  const exported = join(world.home, "session.jsonl");
  writeFileSync(exported, (await tau("sessions", "export", id)).stdout);
  expect((await tau("sessions", "import", exported)).stderr).toContain("in the ledger already");
  expect((await tau("sessions", "delete", id, "--yes")).code).toBe(0);
  expect(existsSync(join(outputs, id))).toBe(false);
  expect(rows(world, "SELECT * FROM entries")).toEqual([]);

  const cost = async (): Promise<unknown> => JSON.parse((await tau("cost", "all", "--json")).stdout).total;
  const before = await cost();
  expect((await tau("sessions", "import", exported)).stdout).toContain("1 turn)");
  expect(await cost()).toEqual(before);
  const again = await exec(["-r", id, "go on", "--mode", "full"]);
  expect(again.result.reason).toBe("done");
  expect(again.result.sessionId).toBe(id);
  expect(resultsIn(fake, 2)[0]).toContain("line 19999");
  // What the calls taught of the model's tokens is there for the next session.
  expect(rows(world, "SELECT model FROM calibrations")).toEqual([{ model }]);
}, 60_000);
