/** /resume: the sessions of this folder or of all, to search in, look at, rename, delete and go on with. */
import { basename } from "node:path";
import type { OpenSession, SessionShelf } from "../../app/contract.ts";
import { messageWithHint } from "../../core/errors.ts";
import type { SessionId } from "../../core/ids.ts";
import type { LastExchange, SessionSummary } from "../../core/store.ts";
import { formatUsd } from "../../core/usage.ts";
import type { Dialog } from "../dialog/dialog.ts";
import { lineDialog } from "../dialog/line.ts";
import { type ListRow, listDialog } from "../dialog/list.ts";
import { ownKeys } from "../dialog/own-keys.ts";
import { search } from "../dialog/search.ts";
import { ageText } from "../view/age.ts";
import { clean, oneRow } from "../view/clean.ts";
import { type Line, plain, wrap } from "../view/line.ts";

/** What the picker acts on. */
export type PickerPlace = {
  sessions: SessionShelf;
  session(): Pick<OpenSession, "id">;
  cwd: string;
  /** Draws what is open again: something of it came in. */
  redraw(): void;
  /** Goes on with the chosen session. */
  choose(id: SessionId): void;
  tell(text: string): void;
  warn(text: string): void;
  /** Told when it closes without a choice. */
  closed?(): void;
};

/** Sessions read at once: a thousand times as many cost the same. */
const pageSize = 100;
/** Places that full-text search gives. */
const shownHits = 30;

type Row = ListRow<SessionSummary>;

/** The list, with the newest sessions of the folder; of all folders where this one has none. */
export async function sessionPicker(place: PickerPlace): Promise<Dialog> {
  const here = await place.sessions.list({ cwd: place.cwd, limit: pageSize, skip: 0 });
  return picker(place, { everywhere: here.length === 0, first: here.length === 0 ? null : here });
}

function picker(
  place: PickerPlace,
  { everywhere, first }: { everywhere: boolean; first: readonly SessionSummary[] | null },
): Dialog {
  const { sessions, redraw } = place;
  const filter = everywhere ? {} : { cwd: place.cwd };
  const known = new Map<SessionId, SessionSummary>();
  const seen = new Map<SessionId, LastExchange>();
  const gone = new Set<SessionId>();
  let whole = false;
  let loading = false;
  let hits: { query: string; rows: readonly Row[] } = { query: "", rows: [] };
  const failed = (error: unknown): void => place.warn(messageWithHint(error));

  const take = (page: readonly SessionSummary[]): void => {
    for (const session of page) known.set(session.id, session);
    whole = page.length < pageSize;
  };
  const loadMore = (): void => {
    if (whole || loading) return;
    loading = true;
    void sessions
      .list({ ...filter, limit: pageSize, skip: known.size })
      .then(take, failed)
      .finally(() => {
        loading = false;
        redraw();
      });
  };
  if (first === null) loadMore();
  else take(first);

  const rowOf = (session: SessionSummary, hit?: string): Row => ({
    value: session,
    text: oneRow(clean(session.title ?? "(nothing was said)")),
    detail: [
      ageText(session.updatedAt, Date.now()),
      formatUsd(session.cost),
      ...(session.branch === null ? [] : [session.branch]),
      ...(everywhere ? [basename(session.cwd)] : []),
      ...(hit === undefined ? [] : [`“${oneRow(clean(hit))}”`]),
    ].join(" · "),
    ...(session.id === place.session().id && { current: true as const }),
  });
  /** Titles first, then what was said: the second stage is the ledger's own search. */
  const lookUp = (query: string): void => {
    if (query.trim() === "" || hits.query === query) return;
    hits = { query, rows: [] };
    void sessions.search(query, { ...filter, limit: shownHits }).then((found) => {
      // What was typed since is looked for by a search of its own.
      if (hits.query !== query) return;
      const once = new Map(
        found.toReversed().map((hit) => [hit.session.id, rowOf(hit.session, hit.snippet)]),
      );
      hits = { query, rows: [...once.values()].reverse() };
      redraw();
    }, failed);
  };
  const look = ({ id }: SessionSummary): void => {
    if (seen.has(id)) return;
    seen.set(id, { prompt: "", answer: "" });
    void sessions.lastExchange(id).then((exchange) => {
      seen.set(id, exchange);
      redraw();
    }, failed);
  };

  const dialog: Dialog = listDialog<SessionSummary>({
    title: everywhere ? "Sessions of all folders" : "Sessions of this folder",
    empty: "none fits; ctrl+f looks in all folders",
    rows(query) {
      // Whoever opened Tau and left without a word does not look for that session.
      const rows = [...known.values()]
        .filter(({ id, turns }) => turns > 0 && !gone.has(id))
        .map((session) => rowOf(session));
      lookUp(query);
      const byTitle = search(query, rows);
      const shown = new Set(byTitle.map(({ value }) => value.id));
      const byWords = query.trim() === "" ? [] : hits.rows;
      return [...byTitle, ...byWords.filter(({ value }) => !shown.has(value.id) && !gone.has(value.id))];
    },
    marked(session) {
      look(session);
      if ([...known.keys()].slice(-20).includes(session.id)) loadMore();
    },
    preview: (session, columns, most) => preview(session, seen.get(session.id), columns, most),
    choose(session) {
      if (session.id !== place.session().id) place.choose(session.id);
      return null;
    },
    ...(place.closed && { closed: place.closed }),
    keys: [
      {
        ...ownKeys["sessions.everywhere"],
        ...(everywhere && { help: "this folder" }),
        press: () => picker(place, { everywhere: !everywhere, first: null }),
      },
      {
        ...ownKeys["sessions.rename"],
        press: (session, list) =>
          lineDialog({
            title: "Title",
            text: session.title ?? "",
            help: "enter takes it",
            back: list,
            take(title) {
              if (title === "") return list;
              known.set(session.id, { ...session, title });
              void sessions.rename(session.id, title).then(redraw, failed);
              return list;
            },
          }),
      },
      {
        ...ownKeys["sessions.delete"],
        press(session, list) {
          if (session.id === place.session().id) {
            place.warn("this session is open; another one can be deleted");
            return list;
          }
          return listDialog({
            title: `Delete "${oneRow(clean(session.title ?? session.id))}" for good?`,
            empty: "",
            rows: [
              { value: false, text: "no, keep it" },
              { value: true, text: `yes, delete its ${session.turns} turns` },
            ],
            choose(yes) {
              if (!yes) return list;
              gone.add(session.id);
              void sessions.remove(session.id).then(redraw, (error: unknown) => {
                gone.delete(session.id);
                failed(error);
              });
              return list;
            },
          });
        },
      },
    ],
  });
  const newest = first?.[0];
  if (newest) look(newest);
  return dialog;
}

function preview(
  { cwd, model, turns, id }: SessionSummary,
  exchange: LastExchange | undefined,
  columns: number,
  most: number,
): Line[] {
  const facts = `${id} · ${turns} ${turns === 1 ? "turn" : "turns"} · ${model} · ${cwd}`;
  const said = [
    ...(exchange?.prompt ? wrap(`› ${oneRow(clean(exchange.prompt))}`, columns).slice(0, 2) : []),
    ...(exchange?.answer ? wrap(clean(exchange.answer).trim(), columns) : []),
  ];
  return [plain(facts, { dim: true }), ...said.map((row) => plain(row))].slice(0, most);
}
