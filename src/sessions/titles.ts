/** Ids and titles of sessions for somebody who is typing: read from the file beside whoever writes it, never waiting. */
import { existsSync } from "node:fs";

/** A session by its name. */
export type SessionTitle = { id: string; title: string | null; cwd: string };

/** Which ones: those of this folder first, the latest before older ones. */
export type TitleQuery = { cwd: string; typed: string; limit: number };

/** Reads them; none when there is no ledger. @throws the database's error when the file cannot be read */
export async function sessionTitles(path: string, query: TitleQuery): Promise<SessionTitle[]> {
  if (!existsSync(path)) return [];
  const { default: Sqlite } = await import("better-sqlite3");
  const sql = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 50 });
  try {
    return sql
      .prepare<[TitleQuery], SessionTitle>(
        `SELECT id, title, cwd FROM sessions WHERE substr(id, 1, length(@typed)) = @typed
         ORDER BY cwd = @cwd DESC, updated_at DESC LIMIT @limit`,
      )
      .all(query);
  } finally {
    sql.close();
  }
}
