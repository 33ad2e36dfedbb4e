/** The shell parser, loaded with the test file. */
import { loadParser } from "../../src/tools/shell-parser.ts";
import { grammar, reader } from "./shell.ts";

/** Reads a line. */
export const readLine = await reader.ready();

/** The parser alone. */
export const parseShell = await loadParser(grammar, Date.now);
