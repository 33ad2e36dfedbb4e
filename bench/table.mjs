// The table of the budgets. They were set on a machine where bare node takes 31 ms; on a slower one all times stretch
// alike, so bare node is measured in the same run and times are held against a budget stretched as much.
import { spawn } from "node:child_process";

/** Milliseconds on the clock that all processes share. */
export const clock = () => performance.timeOrigin + performance.now();

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The value below which 95 of 100 are. */
export const p95 = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)];

/** Measures bare node and begins a table. */
export async function newTable(rounds, env) {
  const times = [];
  const cpus = [];
  for (let round = 0; round < rounds; round++) {
    const at = clock();
    const told = "const{user,system}=process.cpuUsage();process.stdout.write(String((user+system)/1000))";
    const child = spawn(process.execPath, ["-e", told], { env, stdio: ["ignore", "pipe", "ignore"] });
    let cpu = "";
    child.stdout.on("data", (chunk) => (cpu += chunk));
    await new Promise((done) => child.on("close", done));
    times.push(clock() - at);
    cpus.push(Number(cpu));
  }
  const floor = median(times);
  const stretch = Math.max(1, floor / 31);
  const rows = [];
  let over = 0;
  return {
    floor,
    stretch,
    /** How much more CPU time the same work takes than on the budgets' machine. */
    cpuStretch: Math.max(1, median(cpus) / 31),
    /** A row with its budget, stated in milliseconds of the budgets' machine where the unit is `ms`. */
    report(what, value, unit, stated, detail = "") {
      const budget = unit === "ms" ? stated * stretch : stated;
      const bad = value > budget;
      if (bad) over += 1;
      const headroom = stated === 0 ? "" : `${Math.round((value / budget) * 100)} %`;
      rows.push([
        bad ? "over" : "ok",
        what,
        `${value.toFixed(unit === "x" ? 2 : 1)} ${unit}`,
        `<= ${Number(budget.toFixed(1))} ${unit}`,
        headroom,
        detail,
      ]);
    },
    /** A row without a budget, below the one it explains. */
    note(what, value, detail = "") {
      rows.push(["", `  ${what}`, value, "", "", detail]);
    },
    /** Prints all; true when every budget held. */
    print() {
      const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column].length)));
      for (const row of rows)
        console.log(
          row
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join("  ")
            .trimEnd(),
        );
      console.log(
        `\n${rounds} rounds, medians, node ${process.version}; bare node ${floor.toFixed(0)} ms, ${stretch.toFixed(1)} times the 31 ms of the budgets' machine: budgets in ms are stretched as much`,
      );
      // The stretch is of wall time: where others work beside, it makes budgets wide that should be narrow.
      if (floor > 1.6 * median(cpus))
        console.log(
          `bare node takes ${(floor / median(cpus)).toFixed(1)} times its CPU time: others use this machine, so of times only CPU and shares of the budget say something`,
        );
      console.log(over === 0 ? "every budget held" : `${over} over budget`);
      return over === 0;
    },
  };
}
