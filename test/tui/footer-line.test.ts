import { expect, it } from "vitest";
import { emptyConversation } from "../../src/tui/state.ts";
import { footerLine } from "../../src/tui/view/footer-line.ts";

it("shows a folder whose name holds an escape sequence or a line break as one harmless row", () => {
  const cwd = "/tmp/a\u001b]0;owned\u0007\u001b[2Jb\nc";
  const text = footerLine(emptyConversation, { model: "a/b", effort: null, mode: "ask", cwd }, 120)
    .map((span) => span.text)
    .join("");
  expect(text).toMatch(/\/tmp\/ab c$/);
});
