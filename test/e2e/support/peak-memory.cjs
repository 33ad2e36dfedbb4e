// Loaded into tau with --require: writes its peak resident memory, in KB, to a file when it ends.
"use strict";
const fs = require("node:fs");

process.on("exit", () => {
  fs.writeFileSync(process.env.TAU_TEST_MEMORY, String(process.resourceUsage().maxRSS));
});
