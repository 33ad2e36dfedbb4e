import { expect, it } from "vitest";
import { ledgerFailure } from "../../src/sessions/failure.ts";

it.each(["MODULE_NOT_FOUND", "ERR_DLOPEN_FAILED"])(
  "a native part that cannot be loaded (%s) is said in one line, with what to do",
  (code) => {
    const error = Object.assign(new Error("Cannot find module\nRequire stack:\n- /x"), { code });
    expect(() => {
      throw ledgerFailure(error, "/home/u/tau.db", 0);
    }).toThrow(/^SQLite's native part cannot be loaded \(Cannot find module\)\.$/);
    expect(ledgerFailure(error, "/home/u/tau.db", 0)).toHaveProperty(
      "hint",
      expect.stringContaining("npm rebuild better-sqlite3"),
    );
  },
);
