/** The completion script for PowerShell, 5.1 and later. */
import { allCommands, type CommandNode, namesOf, type Value } from "./tree.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** As bash's: `=a b` these, `@models` ask Tau, `-` anything (files are PowerShell's own when nothing is offered). */
function specOf({ choices, source }: Value): string {
  if (choices.length > 0) return `=${choices.join(" ")}`;
  return source === null || source === "files" || source === "folders" ? "-" : `@${source}`;
}

const table = (entries: readonly (readonly [string, string])[], indent: string): string =>
  entries.length === 0
    ? "[ordered]@{}"
    : `[ordered]@{\n${entries.map(([key, value]) => `${indent}    ${quoted(key)} = ${value}`).join("\n")}\n${indent}}`;

function entry({ path, commands, options, values }: CommandNode): string {
  const described = commands.map(({ name, description }) => [name, quoted(description)] as const);
  const named = options.flatMap((option) =>
    namesOf(option).map(
      (name) =>
        [
          name,
          `@(${quoted(option.description)}, ${quoted(option.value ? specOf(option.value) : "")})`,
        ] as const,
    ),
  );
  const placed = values.map((value) => quoted(`${value.variadic ? "*" : ""}${specOf(value)}`));
  return `    ${quoted(path)} = @{
        commands = ${table(described, "        ")}
        options  = ${table(named, "        ")}
        values   = @(${placed.join(", ")})
    }`;
}

/** Writes it. */
export function powershellScript(tree: CommandNode): string {
  return (
    String.raw`# Completions of tau for PowerShell, made from its command tree. Load them with:
# tau completion powershell | Out-String | Invoke-Expression

$script:TauCommands = @{
${allCommands(tree).map(entry).join("\n")}
}

Register-ArgumentCompleter -Native -CommandName tau -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $path = 'tau'; $waits = $null; $count = 0; $before = ''; $ended = $false
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1)
    foreach ($element in $words) {
        $word = if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value } else { $element.Extent.Text }
        if ($waits -and -not $word.StartsWith('-')) { $waits = $null; $before = $word; continue }
        $waits = $null
        $here = $script:TauCommands[$path]
        if ($word -eq '--') { $ended = $true }
        elseif ($word.StartsWith('-') -and -not $ended) {
            if ($here.options.Contains($word) -and $here.options[$word][1]) { $waits = $here.options[$word][1] }
        }
        elseif (-not $ended -and $count -eq 0 -and $here.commands.Contains($word)) { $path = "$path $word" }
        else { $count++; $before = $word }
    }

    $here = $script:TauCommands[$path]
    $found = New-Object System.Collections.ArrayList
    $offer = { param($value, $about) [void]$found.Add(@($value, $about)) }
    $offerSpec = {
        param($spec)
        if (-not $spec) { return }
        $rest = $spec.Substring(1)
        if ($spec[0] -eq '=') { foreach ($value in $rest.Split(' ')) { & $offer $value '' } }
        elseif ($spec[0] -eq '@') {
            # An empty argument would be dropped on its way to a program.
            $typed = if ($wordToComplete) { $wordToComplete.Trim("'", '"') } else { '""' }
            foreach ($line in @(& tau __complete $rest $typed $before 2>$null)) {
                $parts = "$line".Split([char]9)
                & $offer $parts[0] $(if ($parts.Length -gt 1) { $parts[1] } else { '' })
            }
        }
    }

    if ($waits -and -not $wordToComplete.StartsWith('-')) { & $offerSpec $waits }
    elseif ($wordToComplete.StartsWith('-') -and -not $ended) {
        foreach ($name in $here.options.Keys) { & $offer $name $here.options[$name][0] }
    }
    else {
        if ($count -eq 0 -and -not $ended) { foreach ($name in $here.commands.Keys) { & $offer $name $here.commands[$name] } }
        $spec = if ($count -lt $here.values.Count) { $here.values[$count] } elseif ($here.values.Count) { $here.values[-1] } else { '' }
        & $offerSpec $spec.TrimStart('*')
    }

    $bare = $wordToComplete.Trim("'", '"')
    foreach ($one in $found) {
        $value, $about = $one
        if (-not $value.StartsWith($bare)) { continue }
        $text = if ($value -match '[\s''"$` +
    "`" +
    `;,(){}@|&<>#]') { "'" + $value.Replace("'", "''") + "'" } else { $value }
        $tip = if ($about) { $about } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $tip)
    }
}
`
  );
}
