/** Writes the shipped manual page, man/tau.1. */
import { mkdirSync, writeFileSync } from "node:fs";
import { manualPage } from "../src/cli/manual/page.ts";
import { program } from "../src/cli/program.ts";

mkdirSync("man", { recursive: true });
writeFileSync("man/tau.1", manualPage(program()));
