import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { completionScript } from "../../../src/cli/completion/script.ts";
import { fileNames, shells } from "../../../src/cli/completion/shells.ts";
import { allCommands, commandTree } from "../../../src/cli/completion/tree.ts";
import { manualPage } from "../../../src/cli/manual/page.ts";
import { program } from "../../../src/cli/program.ts";

describe("what is made from the command tree", () => {
  it.each(shells)("the completions of %s are those `npm run completions` writes today", (shell) => {
    expect(readFileSync(`completions/${fileNames[shell]}`, "utf8")).toBe(completionScript(shell, program()));
  });

  it("man/tau.1 is what `npm run man` writes today", () => {
    expect(readFileSync("man/tau.1", "utf8")).toBe(manualPage(program()));
  });

  it("names every command and every option in every shell and in the manual page", () => {
    const page = manualPage(program()).replaceAll("\\-", "-");
    for (const { path, name, options } of allCommands(commandTree(program()))) {
      expect(page, path).toContain(path);
      for (const shell of shells)
        expect(completionScript(shell, program()), `${shell}: ${path}`).toContain(name);
      for (const { long } of options) {
        const word = long?.slice(2) ?? "";
        if (word !== "help") expect(page, `${path} --${word}`).toContain(`--${word}`);
        for (const shell of shells)
          expect(completionScript(shell, program()), `${shell}: ${path}`).toContain(word);
      }
    }
  });
});
