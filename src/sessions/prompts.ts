/** What persons said, across sessions, newest first: read by an index that holds nothing else, a page at a time. */
import { type Said, typedText } from "../core/attachment.ts";
import type { EntryId, SessionId } from "../core/ids.ts";
import { type PastPrompt, type PromptFilter, shownPromptCharacters } from "../core/store.ts";
import { type LedgerDatabase, lazy } from "./database.ts";
import { eventOf } from "./rows.ts";

/** The condition of the index `entries_said`, word for word: SQLite takes a partial index for nothing else. */
const said = "e.type = 'user.message' AND json_extract(e.body, '$.origin') IN ('prompt', 'steer')";

/** Prompts that are looked at for one page: a folder where little was said must not cost a walk through everything. */
const mostScanned = 20_000;

type PromptRow = {
  n: number;
  seq: number;
  id: string;
  session: string;
  at: number;
  cwd: string;
  body: string;
};

/** Reads prompts. */
export function promptsOf({ sql }: LedgerDatabase): {
  page(filter: PromptFilter): PastPrompt[];
  whole(sessionId: SessionId, entryId: EntryId): Said | null;
} {
  const rows = lazy(() =>
    sql.prepare<[{ before: number; session: string | null; cwd: string | null; limit: number }], PromptRow>(
      `SELECT e.n AS n, e.seq AS seq, e.id AS id, s.id AS session, e.at AS at, s.cwd AS cwd, e.body AS body
       FROM (SELECT n, session FROM entries AS e WHERE ${said} AND e.n < @before
             ORDER BY e.n DESC LIMIT ${mostScanned}) AS found
       JOIN entries AS e ON e.n = found.n JOIN sessions AS s ON s.n = found.session
       WHERE (@session IS NULL OR s.id = @session) AND (@cwd IS NULL OR s.cwd = @cwd)
       ORDER BY found.n DESC LIMIT @limit`,
    ),
  );
  const one = lazy(() =>
    sql.prepare<[string, string], { seq: number; body: string }>(
      `SELECT e.seq AS seq, e.body AS body FROM entries AS e JOIN sessions AS s ON s.n = e.session
       WHERE s.id = ? AND e.id = ? AND e.type = 'user.message'`,
    ),
  );
  return {
    page: ({ session, cwd, before, limit }) =>
      rows()
        .all({
          before: before ?? Number.MAX_SAFE_INTEGER,
          session: session ?? null,
          cwd: cwd ?? null,
          limit,
        })
        .flatMap((row) => {
          const message = saidIn(row);
          if (message === null) return [];
          const text = typedText(message.parts, message.attached);
          return [
            {
              n: row.n,
              sessionId: row.session as SessionId,
              entryId: row.id as EntryId,
              at: row.at,
              cwd: row.cwd,
              text: text.slice(0, shownPromptCharacters),
              partial:
                text.length > shownPromptCharacters ||
                message.attached.some(({ kind }) => kind === "paste" || kind === "image"),
            },
          ];
        }),
    whole(sessionId, entryId) {
      const row = one().get(sessionId, entryId);
      return row === undefined ? null : saidIn(row);
    },
  };
}

function saidIn({ seq, body }: { seq: number; body: string }): Said | null {
  const event = eventOf({ seq, body, bulk: null });
  return event.type === "user.message" ? { parts: event.parts, attached: event.attached ?? [] } : null;
}
