/** Reading a session whole, in pages. */
import type { Entry } from "../core/event.ts";
import type { SessionId } from "../core/ids.ts";
import type { Store } from "../core/store.ts";

/** Entries read at once. */
const pageSize = 200;

/** Every entry of a session by rising `seq`, branches left behind included. */
export async function* entriesOf(store: Pick<Store, "read">, id: SessionId): AsyncGenerator<Entry> {
  let after = 0;
  for (;;) {
    const page = await store.read(id, after, pageSize);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.seq;
  }
}
