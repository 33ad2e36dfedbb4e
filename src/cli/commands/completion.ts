/** `tau completion` in the command tree. */
import { Argument, type Command } from "commander";
import { shells } from "../completion/shells.ts";

/** Registers it. */
export function addCompletion(tau: Command): void {
  tau
    .command("completion")
    .description(`print the completions of a shell: ${shells.join(", ")}`)
    .addArgument(new Argument("<shell>", "whose").choices(shells))
    .addHelpText(
      "after",
      `
Examples:
  $ source <(tau completion bash)     in ~/.bashrc
  $ source <(tau completion zsh)      in ~/.zshrc, after compinit
  $ tau completion fish > ~/.config/fish/completions/tau.fish
  > tau completion powershell | Out-String | Invoke-Expression   in $PROFILE`,
    )
    .action(async (name: (typeof shells)[number]) => {
      const [{ completionScript }, { print }] = await Promise.all([
        import("../completion/script.ts"),
        import("../print/streams.ts"),
      ]);
      print(completionScript(name, tau));
    });
}
