import { expect, test } from "vitest";
import { end, noText, push } from "../../../src/tui/markdown/scanner.ts";
import { ItemDrawer } from "../../../src/tui/screen/item-drawer.ts";
import type { Item } from "../../../src/tui/state/items.ts";

test("the first code waits for its language once; a block that comes in parts is highlighted as one", async () => {
  const { scan, pieces } = push(noText, "```ts\n/* a\n");
  const items: Item[] = [
    { type: "answer", pieces, continued: false },
    {
      type: "answer",
      pieces: [...push(scan, "b */ const c").pieces, ...end(push(scan, "b */ const c").scan)],
      continued: true,
    },
  ];
  const drawer = new ItemDrawer("addresses");
  expect(drawer.wait([])).toBeNull();
  const languages = drawer.wait(items);
  expect(languages).not.toBeNull();
  await languages;
  expect(drawer.wait(items)).toBeNull();
  const spans = items.flatMap((item) => drawer.lines(item, 60)).flat();
  expect(spans).toContainEqual({ text: "b */", tone: "comment" });
  expect(spans).toContainEqual({ text: "const", tone: "keyword" });
});
