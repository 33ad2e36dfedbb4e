/** What the footer tells of beside the conversation: asked for at the start and after each turn, for nothing else tells of it. */
import type { OpenSession } from "../app/contract.ts";
import { gitBranch } from "./git-branch.ts";
import type { ScreenStore } from "./store.ts";

/** Keeps branch and budget in the store; ends with what it returns. */
export function watchSurroundings(
  store: ScreenStore,
  cwd: string,
  session: () => Pick<OpenSession, "moneyLeft">,
): () => void {
  const look = async (): Promise<void> => {
    const branch = gitBranch(cwd);
    // A ledger that cannot be read is told of by the turn that needs it.
    const budgetLeft = await session()
      .moneyLeft()
      .catch(() => null);
    store.changeSoon((state) => ({ ...state, branch, budgetLeft }));
  };
  let worked = false;
  const unsubscribe = store.subscribe(() => {
    const working = store.state.workingSince !== null;
    if (worked && !working) void look();
    worked = working;
  });
  void look();
  return unsubscribe;
}
