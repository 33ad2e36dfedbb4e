/** The whole screen and its keys. */
import { Box, Static, Text, useApp, useInput, useStdout } from "ink";
import { useState, useSyncExternalStore } from "react";
import type { OpenSession } from "../../app.ts";
import type { Mode } from "../../core/event.ts";
import type { Approvals } from "../approvals.ts";
import type { Conversation } from "../conversation.ts";
import * as editing from "../input/editor.ts";
import type { ScreenStore } from "../store.ts";
import { Composer } from "./composer.tsx";
import { Footer } from "./footer.tsx";
import { FinishedItem } from "./items.tsx";
import { Live } from "./live.tsx";
import { QuestionBox } from "./question.tsx";

/** Rows the composer, footer and a question may need beside the streaming tail. */
const reservedRows = 12;

const modes: readonly Mode[] = ["plan", "ask", "edit", "full"];

type ScreenProps = {
  session: OpenSession;
  store: ScreenStore;
  conversation: Conversation;
  approvals: Approvals;
  cwd: string;
};

/** Draws the state of the store; finished items go to the scrollback once. */
export function Screen({ session, store, conversation, approvals, cwd }: ScreenProps) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const [editor, setEditor] = useState(editing.emptyEditor);
  const [leaving, setLeaving] = useState(false);
  const [mode, setMode] = useState(session.mode);
  const { exit } = useApp();
  const { stdout } = useStdout();
  const [question] = state.questions;

  useInput((input, key) => {
    if (key.ctrl && input === "c") {
      if (leaving || (!conversation.working && editor.text === "")) return exit();
      setLeaving(true);
      setEditor(editing.emptyEditor);
      return conversation.interrupt("interrupted");
    }
    setLeaving(false);
    if (key.escape) return conversation.interrupt("interrupted");
    if (question && editor.text === "") {
      if (input === "y") return approvals.answer(question.callId, { answer: "allow", scope: "once" });
      if (input === "n") return approvals.answer(question.callId, { answer: "deny", scope: "once" });
      if (input === "a" && question.suggestedRule) {
        return approvals.answer(question.callId, {
          answer: "allow",
          scope: "session",
          rule: question.suggestedRule,
        });
      }
    }
    if (key.tab && key.shift) {
      const next = modes[(modes.indexOf(mode) + 1) % modes.length] ?? "ask";
      session.setMode(next);
      return setMode(next);
    }
    if (key.ctrl && input === "j") return setEditor((before) => editing.insert(before, "\n"));
    // Quick typing and remote terminals deliver a line and its Enter in one piece.
    const typedLine = /^([^\r\n]+)\r$/.exec(input)?.[1];
    if (key.return || typedLine !== undefined) {
      const text = (typedLine === undefined ? editor : editing.insert(editor, typedLine)).text.trim();
      setEditor(editing.emptyEditor);
      if (text) conversation.submit(text);
      return;
    }
    const edit = editOf(input, key);
    if (edit) setEditor(edit);
  });

  return (
    <Box flexDirection="column">
      <Static items={[...state.finished]}>{(item) => <FinishedItem key={item.key} item={item} />}</Static>
      <Live state={state} rows={(stdout.rows ?? 24) - reservedRows} />
      {question && <QuestionBox question={question} more={state.questions.length - 1} />}
      {conversation.failure && <Text color="red">{conversation.failure}</Text>}
      {leaving && <Text color="yellow">ctrl+c again leaves</Text>}
      <Composer editor={editor} working={state.working} />
      <Footer state={state} model={session.model} mode={mode} cwd={cwd} />
    </Box>
  );
}

type Key = Parameters<Parameters<typeof useInput>[0]>[1];

function editOf(input: string, key: Key): ((editor: editing.Editor) => editing.Editor) | null {
  if (key.backspace || key.delete) return editing.backspace;
  if (key.leftArrow) return editing.left;
  if (key.rightArrow) return editing.right;
  if (key.ctrl) {
    const commands: Record<string, (editor: editing.Editor) => editing.Editor> = {
      a: editing.lineStart,
      e: editing.lineEnd,
      u: editing.deleteToLineStart,
      w: editing.deleteWord,
      b: editing.left,
      f: editing.right,
    };
    return commands[input] ?? null;
  }
  if (key.meta || input === "") return null;
  return (editor) => editing.insert(editor, input.replaceAll("\r\n", "\n").replaceAll("\r", "\n"));
}
