/** The text of a PDF's pages. */
import { getDocumentProxy } from "unpdf";
import { messageOf } from "../core/errors.ts";
import { refuse } from "./outcome.ts";
import { plural } from "./truncate.ts";

/**
 * Reads `count` pages from page `first` (from 1). Only those pages are parsed.
 * @throws TauError when the bytes are no readable PDF or there is no such page.
 */
export async function pdfPages(
  bytes: Uint8Array,
  name: string,
  first: number,
  count: number,
): Promise<{ pages: string[]; total: number }> {
  let document: Awaited<ReturnType<typeof getDocumentProxy>>;
  try {
    // pdf.js takes the array over, and wants it plain: a Buffer would be refused.
    document = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
  } catch (error) {
    throw refuse(`${name} cannot be opened as a PDF: ${messageOf(error)}`);
  }
  try {
    const total = document.numPages;
    if (first > total) throw refuse(`${name} has ${plural(total, "page")}; there is no page ${first}.`);
    const pages: string[] = [];
    for (let number = first; number < first + count && number <= total; number += 1) {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      pages.push(items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join(""));
      page.cleanup();
    }
    return { pages, total };
  } finally {
    await document.loadingTask.destroy();
  }
}
