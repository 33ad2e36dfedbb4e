// Loaded into tau with --require: writes down which of Node's own modules were loaded by the end of the run.
"use strict";
const fs = require("node:fs");
const { TAU_TEST_LOADED: file } = process.env;
const before = new Set(process.moduleLoadList);
process.on("exit", () =>
  fs.writeFileSync(file, JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name)))),
);
