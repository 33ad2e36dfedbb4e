# Completions of tau for fish, made from its command tree. Load them with: tau completion fish | source

# Candidates that only Tau knows, one a line with what they are after a tab.
function __tau_ask
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    # Of --model=anth only what stands after the sign is asked about.
    string match -q -- '--*=*' $typed; and set typed (string replace -r -- '^--[^=]*=' '' $typed)
    command tau __complete $argv[1] (string unescape -- $typed; or echo $typed) $words[-1] 2>/dev/null
end

# Sets the command that is being written, and how many words of its own it has so far.
function __tau_look
    set -g __tau_path tau
    set -g __tau_count 0
    set -l waits 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $waits = 1
            set waits 0
            string match -q -- '-*' $word; or continue
        end
        switch $word
            case '--*=*'
            case '-*'
                contains -- "$__tau_path $word" $__tau_takers; and set waits 1
            case '*'
                if test $__tau_count = 0; and contains -- "$__tau_path $word" $__tau_paths
                    set __tau_path "$__tau_path $word"
                else
                    set __tau_count (math $__tau_count + 1)
                end
        end
    end
end

# Whether that is the command, and, where it is asked, the word with this number of it.
function __tau_at
    __tau_look
    test "$__tau_path" = $argv[1]; or return 1
    switch "$argv[2]"
        case '' more
            return 0
        case '*'
            test $__tau_count = $argv[2]
    end
end

set -g __tau_paths 'tau exec' 'tau models' 'tau sessions' 'tau sessions list' 'tau sessions show' 'tau sessions search' 'tau sessions export' 'tau sessions import' 'tau sessions delete' 'tau sessions compact' 'tau cost' 'tau doctor' 'tau onboard' 'tau auth' 'tau auth login' 'tau auth logout' 'tau auth status' 'tau config' 'tau config list' 'tau config get' 'tau config set' 'tau config unset' 'tau config edit' 'tau config path' 'tau config schema' 'tau keys' 'tau permissions' 'tau permissions list' 'tau permissions explain' 'tau schema' 'tau completion'
set -g __tau_takers 'tau -m' 'tau --model' 'tau --effort' 'tau --fallback' 'tau --mode' 'tau --allow' 'tau --deny' 'tau --max-cost' 'tau --max-tokens' 'tau --max-steps' 'tau --on-limit' 'tau -r' 'tau --resume' 'tau -C' 'tau --cwd' 'tau --profile' 'tau exec -m' 'tau exec --model' 'tau exec --effort' 'tau exec --fallback' 'tau exec --mode' 'tau exec --allow' 'tau exec --deny' 'tau exec --max-cost' 'tau exec --max-tokens' 'tau exec --max-steps' 'tau exec --on-limit' 'tau exec -r' 'tau exec --resume' 'tau exec -C' 'tau exec --cwd' 'tau exec --profile' 'tau exec -o' 'tau exec --output' 'tau exec --compat' 'tau exec --output-schema' 'tau exec --verify' 'tau exec --timeout' 'tau exec --network-timeout' 'tau exec --idle-timeout' 'tau exec --image' 'tau exec --record' 'tau exec --replay' 'tau models --provider' 'tau models --profile' 'tau sessions list --limit' 'tau sessions search --limit' 'tau sessions export --format' 'tau sessions compact --focus' 'tau sessions compact -m' 'tau sessions compact --model' 'tau sessions compact --max-cost' 'tau cost --by' 'tau cost --session' 'tau doctor --profile' 'tau onboard --profile' 'tau onboard --answers' 'tau onboard --provider' 'tau onboard --base-url' 'tau onboard --key-env' 'tau onboard -m' 'tau onboard --model' 'tau onboard --mode' 'tau onboard --daily-budget' 'tau onboard --theme' 'tau auth login --profile' 'tau auth status --profile' 'tau config list --profile' 'tau config get --profile' 'tau config set --profile' 'tau config unset --profile' 'tau config edit --profile' 'tau config path --profile' 'tau permissions explain --mode'

complete -c tau -e
complete -c tau -f
complete -c tau -n '__tau_at \'tau\' 0' -a exec -d 'do one task without a screen; the answer on stdout (also: tau -p)'
complete -c tau -n '__tau_at \'tau\' 0' -a models -d 'list, show or refresh the model catalogue'
complete -c tau -n '__tau_at \'tau\' 0' -a sessions -d 'list, show, search, export, import, compact or delete sessions'
complete -c tau -n '__tau_at \'tau\' 0' -a cost -d 'what was spent, on what: today, week, month or all'
complete -c tau -n '__tau_at \'tau\' 0' -a doctor -d 'check settings, keys, folders, ledger and programs; 1 if something is wrong'
complete -c tau -n '__tau_at \'tau\' 0' -a onboard -d 'set up provider, key, model, mode, budget and theme; as often as you like'
complete -c tau -n '__tau_at \'tau\' 0' -a auth -d 'keys of providers: login, logout, status'
complete -c tau -n '__tau_at \'tau\' 0' -a config -d 'list, read, change or edit settings'
complete -c tau -n '__tau_at \'tau\' 0' -a keys -d 'list the keys of the terminal UI, and conflicts among those you chose'
complete -c tau -n '__tau_at \'tau\' 0' -a permissions -d 'list the rules in force, or explain a decision'
complete -c tau -n '__tau_at \'tau\' 0' -a schema -d 'print a JSON Schema: events (of --json) or config'
complete -c tau -n '__tau_at \'tau\' 0' -a completion -d 'print the completions of a shell: bash, zsh, fish, powershell'
complete -c tau -n '__tau_at \'tau\' more' -F
complete -c tau -n '__tau_at \'tau\'' -s m -l model -x -a '(__tau_ask models)' -d 'model to use'
complete -c tau -n '__tau_at \'tau\'' -l effort -x -a 'none minimal low medium high xhigh max' -d 'how hard it thinks: none, minimal, low, medium, high, xhigh, max'
complete -c tau -n '__tau_at \'tau\'' -l fallback -x -a '(__tau_ask models)' -d 'to try when the model fails (repeatable)'
complete -c tau -n '__tau_at \'tau\'' -l mode -x -a 'plan ask edit full' -d 'plan: read only; ask; edit: file edits allowed; full'
complete -c tau -n '__tau_at \'tau\'' -l allow -x -d 'allow calls, e.g. "Bash(npm test:*)" (repeatable)'
complete -c tau -n '__tau_at \'tau\'' -l deny -x -d 'refuse calls; wins over all (repeatable)'
complete -c tau -n '__tau_at \'tau\'' -l max-cost -x -d 'hard cap on this run\'s money, in US dollars'
complete -c tau -n '__tau_at \'tau\'' -l max-tokens -x -d 'hard cap on its tokens, prompt and output'
complete -c tau -n '__tau_at \'tau\'' -l max-steps -x -d 'model calls in one turn'
complete -c tau -n '__tau_at \'tau\'' -l on-limit -x -a 'wait fallback exit' -d 'at a usage limit: wait, fallback or exit'
complete -c tau -n '__tau_at \'tau\'' -s c -l continue -d 'go on with this folder\'s latest session'
complete -c tau -n '__tau_at \'tau\'' -s r -l resume -x -a '(__tau_ask sessions)' -d 'go on with that one (the beginning of its id is enough)'
complete -c tau -n '__tau_at \'tau\'' -s C -l cwd -x -a '(__fish_complete_directories (commandline -ct))' -d 'work there instead of here'
complete -c tau -n '__tau_at \'tau\'' -l profile -x -a '(__tau_ask profiles)' -d 'with the settings of this profile'
complete -c tau -n '__tau_at \'tau\'' -l require-evidence -d 'send back an answer that claims more checks than were run'
complete -c tau -n '__tau_at \'tau\'' -s V -l version -d 'output the version number'
complete -c tau -n '__tau_at \'tau\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau exec\' more' -F
complete -c tau -n '__tau_at \'tau exec\'' -s m -l model -x -a '(__tau_ask models)' -d 'model to use'
complete -c tau -n '__tau_at \'tau exec\'' -l effort -x -a 'none minimal low medium high xhigh max' -d 'how hard it thinks: none, minimal, low, medium, high, xhigh, max'
complete -c tau -n '__tau_at \'tau exec\'' -l fallback -x -a '(__tau_ask models)' -d 'to try when the model fails (repeatable)'
complete -c tau -n '__tau_at \'tau exec\'' -l mode -x -a 'plan ask edit full' -d 'plan: read only; ask; edit: file edits allowed; full'
complete -c tau -n '__tau_at \'tau exec\'' -l allow -x -d 'allow calls, e.g. "Bash(npm test:*)" (repeatable)'
complete -c tau -n '__tau_at \'tau exec\'' -l deny -x -d 'refuse calls; wins over all (repeatable)'
complete -c tau -n '__tau_at \'tau exec\'' -l max-cost -x -d 'hard cap on this run\'s money, in US dollars'
complete -c tau -n '__tau_at \'tau exec\'' -l max-tokens -x -d 'hard cap on its tokens, prompt and output'
complete -c tau -n '__tau_at \'tau exec\'' -l max-steps -x -d 'model calls in one turn'
complete -c tau -n '__tau_at \'tau exec\'' -l on-limit -x -a 'wait fallback exit' -d 'at a usage limit: wait, fallback or exit'
complete -c tau -n '__tau_at \'tau exec\'' -s c -l continue -d 'go on with this folder\'s latest session'
complete -c tau -n '__tau_at \'tau exec\'' -s r -l resume -x -a '(__tau_ask sessions)' -d 'go on with that one (the beginning of its id is enough)'
complete -c tau -n '__tau_at \'tau exec\'' -s C -l cwd -x -a '(__fish_complete_directories (commandline -ct))' -d 'work there instead of here'
complete -c tau -n '__tau_at \'tau exec\'' -l profile -x -a '(__tau_ask profiles)' -d 'with the settings of this profile'
complete -c tau -n '__tau_at \'tau exec\'' -l require-evidence -d 'send back an answer that claims more checks than were run'
complete -c tau -n '__tau_at \'tau exec\'' -s o -l output -x -a 'text json stream-json' -d 'on stdout: text, json or stream-json'
complete -c tau -n '__tau_at \'tau exec\'' -l json -d 'the same as --output stream-json'
complete -c tau -n '__tau_at \'tau exec\'' -l compat -x -a 'codex claude gemini opencode' -d 'print as another does: codex, claude, gemini, opencode'
complete -c tau -n '__tau_at \'tau exec\'' -l output-schema -r -F -d 'the answer must be JSON fitting this JSON Schema'
complete -c tau -n '__tau_at \'tau exec\'' -l verify -x -d 'the task is not done until this command passes'
complete -c tau -n '__tau_at \'tau exec\'' -l require-model -d 'fail when another model answers than the one asked for'
complete -c tau -n '__tau_at \'tau exec\'' -l timeout -x -d 'wall time of the whole run'
complete -c tau -n '__tau_at \'tau exec\'' -l network-timeout -x -d 'time to connect and get the headers of an answer'
complete -c tau -n '__tau_at \'tau exec\'' -l idle-timeout -x -d 'silence of the model that counts as stalled'
complete -c tau -n '__tau_at \'tau exec\'' -l image -r -F -d 'attach a picture (repeatable)'
complete -c tau -n '__tau_at \'tau exec\'' -l stdin -d 'wait for standard input to end'
complete -c tau -n '__tau_at \'tau exec\'' -l no-stdin -d 'do not read standard input'
complete -c tau -n '__tau_at \'tau exec\'' -l record -r -F -d 'record every exchange with the provider'
complete -c tau -n '__tau_at \'tau exec\'' -l replay -r -F -d 'answer from a recording; no network'
complete -c tau -n '__tau_at \'tau exec\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau models\' 0' -a 'list show refresh'
complete -c tau -n '__tau_at \'tau models\' 1' -a '(__tau_ask models)'
complete -c tau -n '__tau_at \'tau models\'' -l provider -x -a '(__tau_ask providers)' -d 'only this provider\'s models'
complete -c tau -n '__tau_at \'tau models\'' -l profile -x -a '(__tau_ask profiles)' -d 'with the settings of this profile'
complete -c tau -n '__tau_at \'tau models\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau models\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions\' 0' -a list -d 'newest first'
complete -c tau -n '__tau_at \'tau sessions\' 0' -a show -d 'one session, readable'
complete -c tau -n '__tau_at \'tau sessions\' 0' -a search -d 'full-text search'
complete -c tau -n '__tau_at \'tau sessions\' 0' -a export -d 'JSONL or Markdown on stdout'
complete -c tau -n '__tau_at \'tau sessions\' 0' -a import -d 'bring an exported JSONL file back; - for stdin'
complete -c tau -n '__tau_at \'tau sessions\' 0' -a delete -d 'remove a session for good'
complete -c tau -n '__tau_at \'tau sessions\' 0' -a compact -d 'replace all but the end of a session\'s conversation by a summary; nothing leaves the ledger'
complete -c tau -n '__tau_at \'tau sessions\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions list\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau sessions list\'' -l all -d 'of all folders, not only this one'
complete -c tau -n '__tau_at \'tau sessions list\'' -l limit -x -d 'at most so many'
complete -c tau -n '__tau_at \'tau sessions list\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions show\' 0' -a '(__tau_ask sessions)'
complete -c tau -n '__tau_at \'tau sessions show\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau sessions show\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions search\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau sessions search\'' -l all -d 'of all folders, not only this one'
complete -c tau -n '__tau_at \'tau sessions search\'' -l limit -x -d 'at most so many'
complete -c tau -n '__tau_at \'tau sessions search\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions export\' 0' -a '(__tau_ask sessions)'
complete -c tau -n '__tau_at \'tau sessions export\'' -l format -x -a 'jsonl markdown' -d ''
complete -c tau -n '__tau_at \'tau sessions export\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions import\' 0' -F
complete -c tau -n '__tau_at \'tau sessions import\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau sessions import\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions delete\' 0' -a '(__tau_ask sessions)'
complete -c tau -n '__tau_at \'tau sessions delete\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau sessions delete\'' -l yes -d 'do not ask'
complete -c tau -n '__tau_at \'tau sessions delete\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau sessions compact\' 0' -a '(__tau_ask sessions)'
complete -c tau -n '__tau_at \'tau sessions compact\'' -l focus -x -d 'what the summary is to keep above all'
complete -c tau -n '__tau_at \'tau sessions compact\'' -l preview -d 'show what would go and what it would cost; change nothing, spend nothing'
complete -c tau -n '__tau_at \'tau sessions compact\'' -l undo -d 'take the last compaction back'
complete -c tau -n '__tau_at \'tau sessions compact\'' -s m -l model -x -a '(__tau_ask models)' -d 'model to use instead of the session\'s'
complete -c tau -n '__tau_at \'tau sessions compact\'' -l max-cost -x -d 'hard cap on this command\'s money, in US dollars'
complete -c tau -n '__tau_at \'tau sessions compact\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau sessions compact\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau cost\' 0' -a 'today week month all'
complete -c tau -n '__tau_at \'tau cost\'' -l by -x -a 'model upstream project session day turn step helper tool file' -d 'group by'
complete -c tau -n '__tau_at \'tau cost\'' -l session -x -a '(__tau_ask sessions)' -d 'only this session\'s calls (an id or its beginning)'
complete -c tau -n '__tau_at \'tau cost\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau cost\'' -l csv -d 'as CSV'
complete -c tau -n '__tau_at \'tau cost\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau doctor\'' -l online -d 'also connect to the configured provider'
complete -c tau -n '__tau_at \'tau doctor\'' -l profile -x -a '(__tau_ask profiles)' -d 'with the settings of this profile'
complete -c tau -n '__tau_at \'tau doctor\'' -l store -d 'check the ledger alone, however long it takes'
complete -c tau -n '__tau_at \'tau doctor\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau doctor\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau onboard\'' -l profile -x -a '(__tau_ask profiles)' -d 'write into this profile, which is made when it is not there'
complete -c tau -n '__tau_at \'tau onboard\'' -l plain -d 'numbered questions, for screen readers and simple terminals'
complete -c tau -n '__tau_at \'tau onboard\'' -l restart -d 'begin anew where an earlier one was broken off'
complete -c tau -n '__tau_at \'tau onboard\'' -l non-interactive -d 'take the answers from options or a file, and ask nothing'
complete -c tau -n '__tau_at \'tau onboard\'' -l answers -r -F -d 'the answers as JSON; - for standard input'
complete -c tau -n '__tau_at \'tau onboard\'' -l provider -x -a '(__tau_ask providers)' -d 'whose models'
complete -c tau -n '__tau_at \'tau onboard\'' -l base-url -x -d 'address of a host Tau does not know, with --provider NAME'
complete -c tau -n '__tau_at \'tau onboard\'' -l key-env -x -d 'the variable that holds the key, which stays there'
complete -c tau -n '__tau_at \'tau onboard\'' -l key-stdin -d 'read the key from standard input and keep it in credentials.json'
complete -c tau -n '__tau_at \'tau onboard\'' -s m -l model -x -a '(__tau_ask models)' -d 'model to use'
complete -c tau -n '__tau_at \'tau onboard\'' -l mode -x -d 'plan, ask, edit or full'
complete -c tau -n '__tau_at \'tau onboard\'' -l daily-budget -x -d 'hard cap on a day\'s money, in US dollars; none for no cap'
complete -c tau -n '__tau_at \'tau onboard\'' -l theme -x -a '(__tau_ask themes)' -d 'theme of the terminal UI'
complete -c tau -n '__tau_at \'tau onboard\'' -l check -d 'ask the provider whether the key works; nothing is written when it does not'
complete -c tau -n '__tau_at \'tau onboard\'' -l json -d 'the result as JSON'
complete -c tau -n '__tau_at \'tau onboard\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau auth\' 0' -a login -d 'keep a provider\'s key in credentials.json, after asking the provider about it'
complete -c tau -n '__tau_at \'tau auth\' 0' -a logout -d 'take a key out of credentials.json'
complete -c tau -n '__tau_at \'tau auth\' 0' -a status -d 'which keys there are and where each comes from; never their values'
complete -c tau -n '__tau_at \'tau auth\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau auth login\' 0' -a '(__tau_ask providers)'
complete -c tau -n '__tau_at \'tau auth login\'' -l stdin -d 'read the key from standard input'
complete -c tau -n '__tau_at \'tau auth login\'' -l no-check -d 'do not ask the provider about it'
complete -c tau -n '__tau_at \'tau auth login\'' -l profile -x -a '(__tau_ask profiles)' -d 'with the settings of this profile'
complete -c tau -n '__tau_at \'tau auth login\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau auth logout\' 0' -a '(__tau_ask providers)'
complete -c tau -n '__tau_at \'tau auth logout\'' -l all -d 'every key there is'
complete -c tau -n '__tau_at \'tau auth logout\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau auth status\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau auth status\'' -l profile -x -a '(__tau_ask profiles)' -d 'with the settings of this profile'
complete -c tau -n '__tau_at \'tau auth status\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config\' 0' -a list -d 'the settings in force in this folder (the same as tau config)'
complete -c tau -n '__tau_at \'tau config\' 0' -a get -d 'one setting, or those below a name; 1 when it is not set'
complete -c tau -n '__tau_at \'tau config\' 0' -a set -d 'write a setting; checked before it is written'
complete -c tau -n '__tau_at \'tau config\' 0' -a unset -d 'take a setting out of the file'
complete -c tau -n '__tau_at \'tau config\' 0' -a edit -d 'open the file in $VISUAL or $EDITOR; checked before it is kept'
complete -c tau -n '__tau_at \'tau config\' 0' -a path -d 'print the path of the file'
complete -c tau -n '__tau_at \'tau config\' 0' -a schema -d 'print the JSON Schema of the settings'
complete -c tau -n '__tau_at \'tau config\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config list\'' -l profile -x -a '(__tau_ask profiles)' -d 'with this profile instead of the one in force'
complete -c tau -n '__tau_at \'tau config list\'' -l origin -d 'also which layer and which line of which file each comes from'
complete -c tau -n '__tau_at \'tau config list\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau config list\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config get\' 0' -a '(__tau_ask config-keys)'
complete -c tau -n '__tau_at \'tau config get\'' -l profile -x -a '(__tau_ask profiles)' -d 'with this profile instead of the one in force'
complete -c tau -n '__tau_at \'tau config get\'' -l origin -d 'also where it comes from'
complete -c tau -n '__tau_at \'tau config get\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau config get\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config set\' 0' -a '(__tau_ask config-keys)'
complete -c tau -n '__tau_at \'tau config set\' more' -a '(__tau_ask config-values)'
complete -c tau -n '__tau_at \'tau config set\'' -l project -d 'the project\'s .tau/config.json instead of your own'
complete -c tau -n '__tau_at \'tau config set\'' -l local -d 'the project\'s .tau/config.local.json'
complete -c tau -n '__tau_at \'tau config set\'' -l profile -x -a '(__tau_ask profiles)' -d 'that profile of your own'
complete -c tau -n '__tau_at \'tau config set\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config unset\' 0' -a '(__tau_ask config-keys)'
complete -c tau -n '__tau_at \'tau config unset\'' -l project -d 'the project\'s .tau/config.json instead of your own'
complete -c tau -n '__tau_at \'tau config unset\'' -l local -d 'the project\'s .tau/config.local.json'
complete -c tau -n '__tau_at \'tau config unset\'' -l profile -x -a '(__tau_ask profiles)' -d 'that profile of your own'
complete -c tau -n '__tau_at \'tau config unset\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config edit\'' -l project -d 'the project\'s .tau/config.json instead of your own'
complete -c tau -n '__tau_at \'tau config edit\'' -l local -d 'the project\'s .tau/config.local.json'
complete -c tau -n '__tau_at \'tau config edit\'' -l profile -x -a '(__tau_ask profiles)' -d 'that profile of your own'
complete -c tau -n '__tau_at \'tau config edit\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config path\'' -l project -d 'the project\'s .tau/config.json instead of your own'
complete -c tau -n '__tau_at \'tau config path\'' -l local -d 'the project\'s .tau/config.local.json'
complete -c tau -n '__tau_at \'tau config path\'' -l profile -x -a '(__tau_ask profiles)' -d 'that profile of your own'
complete -c tau -n '__tau_at \'tau config path\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau config schema\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau keys\'' -l default -d 'as they are without your settings'
complete -c tau -n '__tau_at \'tau keys\'' -l json -d 'one JSON object'
complete -c tau -n '__tau_at \'tau keys\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau permissions\' 0' -a list -d 'the rules in force here, and where each stands'
complete -c tau -n '__tau_at \'tau permissions\' 0' -a explain -d 'whether a command would run here, by which rule, and why'
complete -c tau -n '__tau_at \'tau permissions\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau permissions list\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau permissions list\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau permissions explain\'' -l mode -x -a 'plan ask edit full' -d 'as if in that mode: plan, ask, edit, full'
complete -c tau -n '__tau_at \'tau permissions explain\'' -l json -d 'as JSON'
complete -c tau -n '__tau_at \'tau permissions explain\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau schema\' 0' -a 'events config'
complete -c tau -n '__tau_at \'tau schema\'' -s h -l help -d 'display help for command'
complete -c tau -n '__tau_at \'tau completion\' 0' -a 'bash zsh fish powershell'
complete -c tau -n '__tau_at \'tau completion\'' -s h -l help -d 'display help for command'
