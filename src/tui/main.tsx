/** The terminal UI: a reader of the event stream and a place to type. */
import { render } from "ink";
import type { OpenApp, SessionChoice } from "../app.ts";
import { Approvals } from "./approvals.ts";
import { Conversation } from "./conversation.ts";
import { ScreenStore } from "./store.ts";
import { Screen } from "./view/screen.tsx";

/** What the UI is started with. */
export type TuiOptions = { app: OpenApp; choice: SessionChoice; cwd: string; firstTask: string };

/** Runs the UI until the person leaves. */
export async function startTui({ app, choice, cwd, firstTask }: TuiOptions): Promise<void> {
  const approvals = new Approvals();
  const session = await app.openSession(choice, approvals.approver);
  const store = new ScreenStore();
  const conversation = new Conversation(session, store);
  const ui = render(
    <Screen session={session} store={store} conversation={conversation} approvals={approvals} cwd={cwd} />,
    { exitOnCtrlC: false },
  );
  const leave = (): void => {
    conversation.interrupt("terminated");
    ui.unmount();
  };
  process.once("SIGTERM", leave);
  process.once("SIGHUP", leave);
  if (firstTask) conversation.submit(firstTask);
  await ui.waitUntilExit();
  process.off("SIGTERM", leave);
  process.off("SIGHUP", leave);
  conversation.interrupt("interrupted");
  await conversation.idle();
  if (conversation.begun) process.stdout.write(`To go on: tau --resume ${session.id}\n`);
}
