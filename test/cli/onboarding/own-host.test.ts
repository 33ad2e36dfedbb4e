/** The wizard's way to a host of one's own that speaks the OpenAI API. */
import { expect, it } from "vitest";
import { setUp } from "../../support/command-line.ts";

it("a host without a name gets one that is taken as it is offered", async () => {
  const machine = await setUp();
  const { stdout } = await machine.tau(["onboard", "--plain"], {
    env: { ANTHROPIC_API_KEY: "" },
    terminal: [
      [/Number \[1\]/, "2\n"],
      // The port is one where nothing answers.
      [/Its address/, "http://127.0.0.1:9/v1\n"],
      [/A short name for it: \[local\]/, "\n"],
      [/Its key/, "\n"],
      [/What now\?[\s\S]*Number/, "/leave\n"],
      [/Tau in plain lines/, "/exit\n"],
    ],
  });
  expect(stdout).toContain("Asking local for its models");
}, 20_000);
