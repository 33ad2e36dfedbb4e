/** One process of `policy.mjs`: prints what the first decision and those after it took. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { decide } from "../src/policy/decide.ts";
import { parseRule } from "../src/policy/rule.ts";
import { shellReader } from "../src/tools/shell-reader.ts";

const { resolve } = createRequire(join(process.cwd(), "package.json"));
const reader = shellReader(
  {
    runtime: resolve("web-tree-sitter/web-tree-sitter.wasm"),
    grammar: resolve("tree-sitter-bash/tree-sitter-bash.wasm"),
  },
  Date.now,
);
const rules = Array.from({ length: 40 }, (_, n) =>
  parseRule(`Bash(tool${n} run:*)`, n % 2 === 0 ? "allow" : "deny", "bench"),
);
const place = { cwd: "/home/ann/app", projectRoot: "/home/ann/app", home: "/home/ann" };
const lineOf = (n: number): string =>
  `cd packages/core && npm run test -- --filter=${n} 2>&1 | tail -50; for f in a b; do grep -n "x y" "$f" > out/$f.txt; done; ` +
  `echo $(date +%s) && git log --oneline -5 | head -3 && timeout 60 npm run build | tail -20`;

async function judge(n: number): Promise<void> {
  const command = lineOf(n);
  const line = (await reader.ready())(command);
  const intent = { summary: command, paths: [], command };
  const { effect } = decide(
    { name: "bash", access: "execute", intent, line, ...place },
    { mode: "ask", rules },
  );
  if (effect !== "ask" || line.unclear.length > 0) throw new Error("the line is not judged as it should be");
}

const begun = performance.now();
await judge(0);
const first = performance.now() - begun;
for (let n = 1; n < 300; n += 1) await judge(n);
const times: number[] = [];
for (let n = 300; n < 900; n += 1) {
  const start = performance.now();
  await judge(n);
  times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ first, p50: times[300], p95: times[570], characters: lineOf(300).length }));
