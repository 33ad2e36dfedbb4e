# Completions of tau for PowerShell, made from its command tree. Load them with:
# tau completion powershell | Out-String | Invoke-Expression

$script:TauCommands = @{
    'tau' = @{
        commands = [ordered]@{
            'exec' = 'do one task without a screen; the answer on stdout (also: tau -p)'
            'models' = 'list, show or refresh the model catalogue'
            'sessions' = 'list, search, export, rewind, fork sessions'
            'checkpoints' = 'captured states of projects'' files: what they take, what was cut off'
            'cost' = 'what was spent, on what: today, week, month or all'
            'doctor' = 'check settings, keys, folders, ledger and programs; 1 if something is wrong'
            'onboard' = 'set up provider, key, model, mode, budget and theme; as often as you like'
            'auth' = 'keys of providers: login, logout, status'
            'config' = 'list, read, change or edit settings'
            'keys' = 'list the keys of the terminal UI, and conflicts among those you chose'
            'policy' = 'what may run: rules in force, why a command would be asked about, what other rules would change'
            'mcp' = 'MCP servers: what they offer, what it costs, who is allowed'
            'schema' = 'print a JSON Schema: events (of --json) or config'
            'completion' = 'print the completions of a shell: bash, zsh, fish, powershell'
        }
        options  = [ordered]@{
            '-m' = @('model to use', '@models')
            '--model' = @('model to use', '@models')
            '--effort' = @('how hard it thinks: none, minimal, low, medium, high, xhigh, max', '=none minimal low medium high xhigh max')
            '--fallback' = @('to try when the model fails (repeatable)', '@models')
            '--mode' = @('plan: read only; ask; edit: file edits allowed; full', '=plan ask edit full')
            '--allow' = @('allow calls, e.g. "Bash(npm test:*)" (repeatable)', '-')
            '--deny' = @('refuse calls; wins over all (repeatable)', '-')
            '--max-cost' = @('hard cap on this run''s money, in US dollars', '-')
            '--max-tokens' = @('hard cap on its tokens, prompt and output', '-')
            '--max-steps' = @('model calls in one turn', '-')
            '--on-limit' = @('at a usage limit: wait, fallback or exit', '=wait fallback exit')
            '-c' = @('go on with this folder''s latest session', '')
            '--continue' = @('go on with this folder''s latest session', '')
            '-r' = @('that session (beginning of its id), or pick', '@sessions')
            '--resume' = @('that session (beginning of its id), or pick', '@sessions')
            '-C' = @('work there instead of here', '-')
            '--cwd' = @('work there instead of here', '-')
            '--profile' = @('with the settings of this profile', '@profiles')
            '--require-evidence' = @('send back an answer that claims more checks than were run', '')
            '-V' = @('output the version number', '')
            '--version' = @('output the version number', '')
            '--plain' = @('plain lines, nothing drawn: for screen readers, logs and scripts', '')
            '--screen' = @('inline, or full: the whole window', '=inline full')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('*-')
    }
    'tau exec' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '-m' = @('model to use', '@models')
            '--model' = @('model to use', '@models')
            '--effort' = @('how hard it thinks: none, minimal, low, medium, high, xhigh, max', '=none minimal low medium high xhigh max')
            '--fallback' = @('to try when the model fails (repeatable)', '@models')
            '--mode' = @('plan: read only; ask; edit: file edits allowed; full', '=plan ask edit full')
            '--allow' = @('allow calls, e.g. "Bash(npm test:*)" (repeatable)', '-')
            '--deny' = @('refuse calls; wins over all (repeatable)', '-')
            '--max-cost' = @('hard cap on this run''s money, in US dollars', '-')
            '--max-tokens' = @('hard cap on its tokens, prompt and output', '-')
            '--max-steps' = @('model calls in one turn', '-')
            '--on-limit' = @('at a usage limit: wait, fallback or exit', '=wait fallback exit')
            '-c' = @('go on with this folder''s latest session', '')
            '--continue' = @('go on with this folder''s latest session', '')
            '-r' = @('that session (beginning of its id), or pick', '@sessions')
            '--resume' = @('that session (beginning of its id), or pick', '@sessions')
            '-C' = @('work there instead of here', '-')
            '--cwd' = @('work there instead of here', '-')
            '--profile' = @('with the settings of this profile', '@profiles')
            '--require-evidence' = @('send back an answer that claims more checks than were run', '')
            '-o' = @('on stdout: text, json or stream-json', '=text json stream-json')
            '--output' = @('on stdout: text, json or stream-json', '=text json stream-json')
            '--json' = @('the same as --output stream-json', '')
            '--compat' = @('print as another does: codex, claude, gemini, opencode', '=codex claude gemini opencode')
            '--output-schema' = @('the answer must be JSON fitting this JSON Schema', '-')
            '--verify' = @('the task is not done until this command passes', '-')
            '--require-model' = @('fail when another model answers than the one asked for', '')
            '--timeout' = @('wall time of the whole run', '-')
            '--network-timeout' = @('time to connect and get the headers of an answer', '-')
            '--idle-timeout' = @('silence of the model that counts as stalled', '-')
            '--image' = @('attach a picture (repeatable)', '-')
            '--stdin' = @('wait for standard input to end', '')
            '--no-stdin' = @('do not read standard input', '')
            '--record' = @('record every exchange with the provider', '-')
            '--replay' = @('answer from a recording; no network', '-')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('*-')
    }
    'tau models' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--provider' = @('only this provider''s models', '@providers')
            '--profile' = @('with the settings of this profile', '@profiles')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('=list show refresh', '@models')
    }
    'tau sessions' = @{
        commands = [ordered]@{
            'list' = 'newest first'
            'show' = 'one session, readable'
            'search' = 'full-text search'
            'export' = 'JSONL or Markdown on stdout'
            'import' = 'bring an exported JSONL file back; - for stdin'
            'delete' = 'remove a session for good'
            'tree' = 'its prompts on all branches, as a tree'
            'fork' = 'a copy to go on in; prints its id'
            'label' = 'give it a title, or one of its prompts a label'
            'rewind' = 'go back to an earlier point: the conversation, files, or both; nothing leaves the ledger'
            'compact' = 'replace all but the end of a session''s conversation by a summary; nothing leaves the ledger'
        }
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau sessions list' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '--all' = @('of all folders, not only this one', '')
            '--limit' = @('at most so many', '-')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau sessions show' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions')
    }
    'tau sessions search' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '--all' = @('of all folders, not only this one', '')
            '--limit' = @('at most so many', '-')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-')
    }
    'tau sessions export' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--format' = @('', '=jsonl markdown')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions')
    }
    'tau sessions import' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-')
    }
    'tau sessions delete' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '--yes' = @('do not ask', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions')
    }
    'tau sessions tree' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions')
    }
    'tau sessions fork' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions', '-')
    }
    'tau sessions label' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '--at' = @('label that prompt of the tree instead', '-')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions', '-')
    }
    'tau sessions rewind' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--to' = @('before that prompt of the tree (default: the last), or behind an entry', '-')
            '--conversation' = @('only the conversation; files stay as they are (default)', '')
            '--files' = @('only files, as they were before that prompt', '')
            '--both' = @('the conversation and files', '')
            '--dry-run' = @('show what would change; change nothing', '')
            '--diff' = @('with --dry-run: line by line', '')
            '--overwrite' = @('also files that others changed since; without it or --skip they are named and nothing happens', '')
            '--skip' = @('leave files alone that others changed since', '')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions')
    }
    'tau sessions compact' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--focus' = @('what the summary is to keep above all', '-')
            '--preview' = @('show what would go and what it would cost; change nothing, spend nothing', '')
            '--undo' = @('take the last compaction back', '')
            '-m' = @('model to use instead of the session''s', '@models')
            '--model' = @('model to use instead of the session''s', '@models')
            '--max-cost' = @('hard cap on this command''s money, in US dollars', '-')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@sessions')
    }
    'tau checkpoints' = @{
        commands = [ordered]@{
            'list' = 'one row a project, the one used last first'
            'collect' = 'forget now what is older than checkpoints.keepDays, here and in other projects'
            'finish' = 'put back the rest of the files where that was cut off in this project'
        }
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau checkpoints list' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau checkpoints collect' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau checkpoints finish' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--undo' = @('then take back what was put back', '')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau cost' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--by' = @('group by', '=model upstream project session day turn step helper tool file')
            '--session' = @('only this session''s calls (an id or its beginning)', '@sessions')
            '--json' = @('as JSON', '')
            '--csv' = @('as CSV', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('=today week month all')
    }
    'tau doctor' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--online' = @('also connect to the configured provider', '')
            '--profile' = @('with the settings of this profile', '@profiles')
            '--fix' = @('mend what can be mended without harm; asks first', '')
            '--yes' = @('with --fix: do not ask', '')
            '--store' = @('check the ledger alone, however long it takes', '')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau onboard' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--profile' = @('write into this profile, which is made when it is not there', '@profiles')
            '--plain' = @('numbered questions, for screen readers and simple terminals', '')
            '--restart' = @('begin anew where an earlier one was broken off', '')
            '--non-interactive' = @('take the answers from options or a file, and ask nothing', '')
            '--answers' = @('the answers as JSON; - for standard input', '-')
            '--provider' = @('whose models', '@providers')
            '--base-url' = @('address of a host Tau does not know, with --provider NAME', '-')
            '--key-env' = @('the variable that holds the key, which stays there', '-')
            '--key-stdin' = @('read the key from standard input and keep it in credentials.json', '')
            '-m' = @('model to use', '@models')
            '--model' = @('model to use', '@models')
            '--mode' = @('plan, ask, edit or full', '-')
            '--daily-budget' = @('hard cap on a day''s money, in US dollars; none for no cap', '-')
            '--theme' = @('theme of the terminal UI', '@themes')
            '--check' = @('ask the provider whether the key works; nothing is written when it does not', '')
            '--json' = @('the result as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau auth' = @{
        commands = [ordered]@{
            'login' = 'keep a provider''s key in credentials.json, after asking the provider about it'
            'logout' = 'take a key out of credentials.json'
            'status' = 'which keys there are and where each comes from; never their values'
        }
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau auth login' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--stdin' = @('read the key from standard input', '')
            '--no-check' = @('do not ask the provider about it', '')
            '--profile' = @('with the settings of this profile', '@profiles')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@providers')
    }
    'tau auth logout' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--all' = @('every key there is', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@providers')
    }
    'tau auth status' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '--profile' = @('with the settings of this profile', '@profiles')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau config' = @{
        commands = [ordered]@{
            'list' = 'the settings in force in this folder (the same as tau config)'
            'get' = 'one setting, or those below a name; 1 when it is not set'
            'set' = 'write a setting; checked before it is written'
            'unset' = 'take a setting out of the file'
            'edit' = 'open the file in $VISUAL or $EDITOR; checked before it is kept'
            'path' = 'print the path of the file'
            'schema' = 'print the JSON Schema of the settings'
        }
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau config list' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--profile' = @('with this profile instead of the one in force', '@profiles')
            '--origin' = @('also which layer and which line of which file each comes from', '')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau config get' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--profile' = @('with this profile instead of the one in force', '@profiles')
            '--origin' = @('also where it comes from', '')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@config-keys')
    }
    'tau config set' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--project' = @('the project''s .tau/config.json instead of your own', '')
            '--local' = @('the project''s .tau/config.local.json', '')
            '--profile' = @('that profile of your own', '@profiles')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@config-keys', '*@config-values')
    }
    'tau config unset' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--project' = @('the project''s .tau/config.json instead of your own', '')
            '--local' = @('the project''s .tau/config.local.json', '')
            '--profile' = @('that profile of your own', '@profiles')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('@config-keys')
    }
    'tau config edit' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--project' = @('the project''s .tau/config.json instead of your own', '')
            '--local' = @('the project''s .tau/config.local.json', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau config path' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--project' = @('the project''s .tau/config.json instead of your own', '')
            '--local' = @('the project''s .tau/config.local.json', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau config schema' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau keys' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--default' = @('as they are without your settings', '')
            '--json' = @('one JSON object', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau policy' = @{
        commands = [ordered]@{
            'list' = 'the rules in force here, and where each stands'
            'explain' = 'whether a command would run here, by which rule, and why'
            'simulate' = 'what other rules would have meant for past calls: questions that go, that come, what runs unasked'
            'presets' = 'the rule sets that permissions.preset may name, rule by rule'
        }
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau policy list' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau policy explain' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--mode' = @('as if in that mode: plan, ask, edit, full', '=plan ask edit full')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-')
    }
    'tau policy simulate' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--allow' = @('with this rule as well (repeatable)', '-')
            '--ask' = @('with this rule as well (repeatable)', '-')
            '--deny' = @('with this rule as well (repeatable)', '-')
            '--without' = @('without this rule (repeatable)', '-')
            '--config' = @('with this file in the place of your config.json', '-')
            '--preset' = @('with this preset: strict, balanced, permissive, none', '=strict balanced permissive none')
            '--mode' = @('in that mode: plan, ask, edit, full', '=plan ask edit full')
            '--all' = @('calls of all projects, not only of this folder', '')
            '--limit' = @('calls at most (2000)', '-')
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau policy presets' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau mcp' = @{
        commands = [ordered]@{
            'list' = 'the servers of this folder and your settings, with the tokens their tools take'
            'get' = 'one server: exactly what is started, its state and its tools'
            'check' = 'start a server, list its tools, and say what is wrong when it fails'
            'allow' = 'let a server of this project''s .mcp.json be started, as its entry stands now'
            'add' = 'add a server to your settings: a command behind --, or --url'
            'remove' = 'take a server out of your settings'
        }
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau mcp list' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @()
    }
    'tau mcp get' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--json' = @('as JSON', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-')
    }
    'tau mcp check' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-')
    }
    'tau mcp allow' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--yes' = @('without asking', '')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-')
    }
    'tau mcp add' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '--url' = @('a server that is asked over HTTP', '-')
            '--env' = @('a variable for the command; repeatable', '-')
            '--header' = @('a header of every request; repeatable', '-')
            '--tools' = @('the tools that are offered, with commas between', '-')
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-', '*-')
    }
    'tau mcp remove' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('-')
    }
    'tau schema' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('=events config')
    }
    'tau completion' = @{
        commands = [ordered]@{}
        options  = [ordered]@{
            '-h' = @('display help for command', '')
            '--help' = @('display help for command', '')
        }
        values   = @('=bash zsh fish powershell')
    }
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
        $text = if ($value -match '[\s''"$`;,(){}@|&<>#]') { "'" + $value.Replace("'", "''") + "'" } else { $value }
        $tip = if ($about) { $about } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $tip)
    }
}
