// Loaded into tau with --require: at SIGUSR2 writes down how many timers wait, those that keep no process alive too.
"use strict";
const { createHook } = require("node:async_hooks");
const fs = require("node:fs");
const { TAU_TEST_TIMERS: file } = process.env;
const live = new Set();
if (process.argv[1]?.endsWith("tau.js")) {
  createHook({
    init: (id, type) => void (type === "Timeout" && live.add(id)),
    destroy: (id) => void live.delete(id),
  }).enable();
  process.on("SIGUSR2", () => fs.writeFileSync(file, String(live.size)));
}
