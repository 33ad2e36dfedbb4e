// What judging a shell command costs: a decision about a line of 200 characters with the parser warm, and the first one, for
// which the parser is loaded. Measured in a process of its own, over the sources.
import { execFileSync } from "node:child_process";

/** Adds the rows. */
export function policy({ table: { report }, root, rounds }) {
  const firsts = [];
  const warm = [];
  for (let round = 0; round < Math.min(rounds, 5); round += 1) {
    const out = execFileSync(process.execPath, ["scripts/run.mjs", "bench/policy-decision.ts"], {
      cwd: root,
    });
    const { first, p50, characters } = JSON.parse(String(out));
    if (characters < 200) throw new Error("the line is too short");
    firsts.push(first);
    warm.push(p50);
  }
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  report("policy decision, 200 characters, p50", median(warm), "ms", 1, "read anew, judged by 40 rules");
  report("first policy decision", median(firsts), "ms", 150, "the parser and the grammar are loaded");
}
