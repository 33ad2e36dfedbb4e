/** The shells Tau completes in, and the file each looks for. */

/** Their names, as `tau completion` takes them. */
export const shells = ["bash", "zsh", "fish", "powershell"] as const;
/** One of them. */
export type Shell = (typeof shells)[number];

/** As packages install them: the name each shell loads by itself. */
export const fileNames: { readonly [Name in Shell]: string } = {
  bash: "tau.bash",
  zsh: "_tau",
  fish: "tau.fish",
  powershell: "tau.ps1",
};
