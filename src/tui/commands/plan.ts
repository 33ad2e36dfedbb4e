/** /plan and /todo: what the agent means to do, and how far it is. */
import type { LocalCommand } from "../commands.ts";
import { openPlan, readPlan } from "../plan/plan-dialog.ts";
import { todoText } from "../view/todo-lines.ts";

/** The commands of this file. */
export const planCommands = [
  {
    name: "plan",
    aliases: [],
    argument: "[what to plan]",
    help: "the plan: accept, edit, send back; without one plan mode begins",
    whileWorking: false,
    run(place, task) {
      const { store, session, conversation } = place;
      const { plan } = store.state.conversation;
      if (task === "" && plan?.status === "open") openPlan(place);
      else if (task === "" && plan !== null) readPlan(place, plan);
      else {
        session().setMode("plan");
        store.change((state) => ({ ...state, mode: "plan" }));
        if (task !== "") conversation.submit({ parts: [{ type: "text", text: task }], attached: [] });
        else
          return "plan mode: the agent looks and answers with a plan; nothing is changed before you accept it";
      }
      return null;
    },
  },
  {
    name: "todo",
    aliases: [],
    argument: "",
    help: "the agent's list of what is to do; ctrl+t keeps it in sight",
    whileWorking: true,
    run: ({ store }) => todoText(store.state.conversation.todo),
  },
] as const satisfies readonly LocalCommand[];
